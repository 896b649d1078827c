/** What a phone loads: the model in ORT format in both styles, what a reduced build must hold, a card, checksums. */
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import {
  type Backend,
  fixShapes,
  inferTypes,
  type Model,
  type ModelFiles,
  QuantError,
  readModel,
  type SessionOptions,
  viewOf,
  writeModel,
} from "@halftone/core";
import { checkProvider, formatPackCard, type PackCard, type PackedFile, providerTable, requiredOperators } from "@halftone/mobile";
import { type OrtStyle, ortFormat } from "@halftone/node";
import { distanceOfForms } from "./compare-forms.ts";
import { madeUpFeeds } from "./made-up-feeds.ts";

export interface PackOptions {
  readonly name: string;
  readonly target: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly preprocess: PackCard["preprocess"];
  readonly backend: Backend;
}

export interface Packed {
  readonly card: PackCard;
  /** By name, the card last: where it is, everything it names is there. */
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

/** Levels at which the ONNX model and what was written are one graph: what each does beyond them moves codes by a step here and there. */
const comparable: Readonly<Record<OrtStyle, { readonly original: SessionOptions; readonly packed: SessionOptions }>> = {
  runtime: { original: { optimization: "basic" }, packed: { optimization: "disabled" } },
  fixed: { original: { optimization: "extended" }, packed: {} },
};

const endings: Readonly<Record<OrtStyle, string>> = { runtime: ".with_runtime_opt.ort", fixed: ".ort" };

/** @throws `unknown-name`, `invalid-config`, `invalid-model`, `backend-failed`. */
export async function packModel(files: ModelFiles, { name, target, shapes, preprocess, backend }: PackOptions): Promise<Packed> {
  const table = providerTable(target);
  const prepared = prepare(files, shapes);
  const feeds = madeUpFeeds(readModel(prepared));
  const packed = new Map<string, Uint8Array | string>();
  const styles: PackedFile[] = [];
  const graphs: Model[] = [];
  let runtime = "";
  for (const style of ["runtime", "fixed"] as const) {
    const written = await ortFormat(prepared, style).catch((error: unknown) => refuse(error, shapes));
    const path = `${basename(name, extname(name))}${endings[style]}`;
    packed.set(path, written.bytes);
    graphs.push(readModel(written.graph));
    runtime = written.runtime;
    styles.push({
      path,
      style,
      bytes: written.bytes.byteLength,
      sha256: sha256(written.bytes),
      executionProviders: style === "runtime" ? [table.provider.toLowerCase(), "cpu"] : ["cpu"],
      distance: await distanceOfForms(
        backend,
        { model: prepared, options: comparable[style].original },
        { model: { model: written.bytes }, options: comparable[style].packed },
        feeds,
      ),
    });
  }
  const offered = graphs[0]!;
  await inferTypes(offered, backend);
  const { provider, ...check } = checkProvider(viewOf(offered.graph), table);
  const { graph } = offered;
  const inputs = graph.inputs.filter((value) => value.content === undefined).map(infoOf);
  const card: PackCard = {
    ...{ format: "halftone-mobile-1", name, target, provider, runtime },
    ...{ inputs, outputs: graph.outputs.map(infoOf), preprocess, files: styles },
    check: { ...check, elsewhere: check.elsewhere.map((each) => ({ ...each })) },
  };
  packed.set("required_operators.config", requiredOperators(graphs));
  packed.set("SHA256SUMS", [...packed].map(([path, content]) => `${sha256(content)}  ${path}\n`).join(""));
  packed.set("card.json", formatPackCard(card));
  return { card, files: packed };
}

/** What was planned for an open shape is not what the runtime fuses where the shape is fixed afterwards. */
function refuse(error: unknown, shapes: PackOptions["shapes"]): never {
  if (!QuantError.is(error) || error.code !== "backend-failed" || Object.keys(shapes).length === 0) throw error;
  const advice = "If the model was quantized with an open shape, quantize the float model with the same --shape instead.";
  throw new QuantError("backend-failed", `${error.message} ${advice}`, { details: error.details, cause: error });
}

function prepare(files: ModelFiles, shapes: PackOptions["shapes"]): ModelFiles {
  const model = readModel(files);
  fixShapes(model, shapes);
  return writeModel(model, files.external ? { externalFrom: 1024 } : {});
}

function infoOf({ name, dtype, shape }: Model["graph"]["outputs"][number]): PackCard["inputs"][number] {
  return { name, dtype: dtype ?? null, shape: shape ? [...shape] : null };
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
