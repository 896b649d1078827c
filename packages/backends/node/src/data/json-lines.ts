import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { imageTensor, type Preprocess, QuantError, type Tensor, type Tensors } from "@halftone/core";
import { arrayExtensions, readArrays } from "./array-file.ts";
import { type DecodeImage, imageDecoder, imageExtensions, type LoadSharp } from "./decode-image.ts";
import { inlineTensor } from "./inline-tensor.ts";
import { type SampleOptions, type SampleSource, sampleSource } from "./sample-source.ts";

export interface JsonLinesOptions extends SampleOptions {
  /** Name of the model's input that a line which is only a path is for. */
  readonly input?: string;
  /** Needed where lines name images. */
  readonly preprocess?: Preprocess;
  /** How sharp is loaded. Default: `() => import("sharp")`. */
  readonly sharp?: LoadSharp;
}

/**
 * A list of samples, one JSON value a line: the path of an image, .npy or .npz file (relative to the list), or an object
 * that gives every input such a path or a tensor `{"dtype", "shape", "data"}`.
 *
 * @throws `empty-calibration`, `invalid-data` when the list cannot be read or a line is no JSON.
 */
export async function jsonLines(path: string, options: JsonLinesOptions = {}): Promise<SampleSource> {
  const lines = (await readList(path)).split("\n").flatMap((text, index) => (text.trim() === "" ? [] : [parseLine(path, text, index + 1)]));
  const byName = new Map(lines.map((line) => [line.name, line.content]));
  const context = { folder: dirname(path), options, decode: lazyDecoder(options.sharp) };
  return sampleSource(
    {
      place: `list ${path}`,
      recipe: ["list", options.input ?? null, options.preprocess ?? null, lines.map(({ text }) => text)],
      samples: lines.map(({ name, text }) => ({ name, size: text.length })),
      load: (name) => loadSample(byName.get(name), context),
    },
    options,
  );
}

interface Context {
  readonly folder: string;
  readonly options: JsonLinesOptions;
  readonly decode: () => Promise<DecodeImage>;
}

async function readList(path: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new QuantError("invalid-data", `The list ${path} cannot be read: ${reason}.`, { details: { file: path }, cause });
  });
}

/** A sample is called by its path, so that labels find it, or else by its line. */
function parseLine(path: string, text: string, line: number): { readonly name: string; readonly text: string; readonly content: unknown } {
  try {
    const content: unknown = JSON.parse(text);
    return { name: typeof content === "string" ? content : `line ${line}`, text, content };
  } catch (cause) {
    throw new QuantError("invalid-data", `Line ${line} of the list ${path} is not JSON.`, { details: { file: path, line }, cause });
  }
}

async function loadSample(content: unknown, context: Context): Promise<Tensors> {
  if (typeof content === "string") return loadFile(content, context.options.input, context);
  if (typeof content !== "object" || content === null || Array.isArray(content)) throw unusable("a line is a path or an object with one entry per input");
  const inputs = await Promise.all(Object.entries(content).map(async ([input, value]) => [input, await loadInput(input, value, context)] as const));
  return Object.fromEntries(inputs);
}

async function loadInput(input: string, value: unknown, context: Context): Promise<Tensor> {
  if (typeof value !== "string") return inlineTensor(input, value);
  const tensor = (await loadFile(value, input, context))[input];
  if (!tensor) throw unusable(`${value} holds no array called ${input}`);
  return tensor;
}

async function loadFile(file: string, input: string | undefined, { folder, options, decode }: Context): Promise<Tensors> {
  const path = resolve(folder, file);
  const extension = extname(path).toLowerCase();
  if (arrayExtensions.has(extension)) return readArrays(path, input);
  if (!imageExtensions.has(extension)) throw unusable(`${file} is neither an image nor an .npy or .npz file`);
  if (input === undefined || !options.preprocess)
    throw new QuantError("invalid-config", `${file} is an image: say how it becomes an input (preprocess, input).`, { details: { field: "preprocess" } });
  return { [input]: imageTensor(await (await decode())(path), options.preprocess) };
}

function lazyDecoder(load: LoadSharp | undefined): () => Promise<DecodeImage> {
  let decoder: Promise<DecodeImage> | undefined;
  return () => {
    decoder ??= imageDecoder(load);
    return decoder;
  };
}

function unusable(reason: string): QuantError {
  return new QuantError("invalid-data", `The sample cannot be used: ${reason}.`, { details: { reason } });
}
