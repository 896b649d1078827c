import { access, constants, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { QuantError } from "@halftone/core";

export interface OutputPaths {
  readonly model: string;
  readonly plan?: string;
  readonly report?: string;
  /** Only there while a search is not finished. */
  readonly search?: string;
  /** Of a search. */
  readonly journal?: string;
}

/** `model.int8.onnx` is accompanied by `model.int8.plan.json`. */
export function planBeside(model: string): string {
  return beside(model, ".plan.json");
}

/** Where finished steps of a search are kept until the model is there. */
export function searchBeside(model: string): string {
  return beside(model, ".search.jsonl");
}

function beside(model: string, ending: string): string {
  return join(dirname(model), `${basename(model, extname(model))}${ending}`);
}

/**
 * Finds out before the work what would spoil its end.
 *
 * @throws `invalid-config` when two outputs or an input and an output are the same file, `write-failed` when an output
 * cannot be written.
 */
export async function checkOutputs(outputs: Partial<OutputPaths>, inputs: readonly string[]): Promise<void> {
  const taken = new Map(inputs.map((path) => [resolve(path), "is an input"]));
  for (const [what, path] of Object.entries(outputs) as [keyof OutputPaths, string][]) {
    const before = taken.get(path);
    if (before !== undefined) throw new QuantError("invalid-config", `The ${what} cannot be written to ${path}, which ${before}.`, { details: { file: path } });
    taken.set(path, `is where the ${what} goes`);
    await checkWritable(path, what);
  }
}

async function checkWritable(path: string, what: string): Promise<void> {
  if ((await kindOf(path)) === "folder") throw cannotWrite(what, path, "it is a folder");
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const kind = await kindOf(folder);
    if (kind === "folder") {
      return access(folder, constants.W_OK).catch(() => Promise.reject(cannotWrite(what, path, `you may not write in ${folder}`)));
    }
    if (kind === "file") throw cannotWrite(what, path, `${folder} is a file`);
    if (folder === dirname(folder)) throw cannotWrite(what, path, "there is no such place");
  }
}

async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch {
    return "nothing";
  }
}

function cannotWrite(what: string, path: string, reason: string): QuantError {
  return new QuantError("write-failed", `The ${what} cannot be written to ${path}: ${reason}.`, { details: { file: path } });
}
