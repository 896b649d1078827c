import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Backend, checkGraph, type Model, normalize, QuantError, readModel, type Tensors, upgradeOpset, writeModel } from "@halftone/core";
import type { OperatorCase, Vectors } from "./case.ts";
import { distance } from "./distance.ts";

/**
 * - `exact`: bit for bit. `close`: within what another order of float32 arithmetic may cost.
 * - `refused`: Halftone declined with a coded error. `not-run`: the runtime does not execute the original either, or there
 *   are no vectors.
 * - `different` and `broken` are bugs.
 */
export type Verdict = "exact" | "close" | "refused" | "not-run" | "different" | "broken";

export interface Finding {
  readonly verdict: Verdict;
  readonly detail?: string;
}

export interface Examination {
  readonly name: string;
  readonly opset: number;
  /** Read and written again: the same outputs. Whether the files mean the same is for `operator_models.py check`. */
  readonly roundTrip: Finding;
  readonly upgraded: Finding;
  readonly normalized: Finding;
}

/** Folding sums float32 products in another order; a unit of the last place is 1.2e-7 of the largest value. */
const closeEnough = 1e-5;

/** Writes round-trip.onnx and normalized.onnx beside the model. */
export async function examine(folder: string, each: OperatorCase, vectors: Vectors | undefined, backend: Backend): Promise<Examination> {
  const place = join(folder, each.name);
  const bytes = await readFile(join(place, "model.onnx"));
  const original = vectors && (await attempt(() => outputsOf(bytes, vectors.feeds, backend)));
  const judge = async (file: string | undefined, rewrite: (model: Model) => unknown): Promise<Finding> => {
    const rewritten = await attempt(() => rewriteModel(bytes, rewrite));
    if ("error" in rewritten) return findingOf(rewritten.error);
    if (file) await writeFile(join(place, file), rewritten.value);
    if (!vectors || !original || "error" in original)
      return { verdict: "not-run", detail: original && "error" in original ? reasonOf(original.error) : "no vectors" };
    const outputs = await attempt(() => outputsOf(rewritten.value, vectors.feeds, backend));
    if ("error" in outputs) return { verdict: "broken", detail: reasonOf(outputs.error) };
    return compare(outputs.value, original.value);
  };
  return {
    name: each.name,
    opset: each.opset,
    roundTrip: await judge("round-trip.onnx", () => {}),
    upgraded: await judge(undefined, upgradeOpset),
    normalized: await judge("normalized.onnx", (model) => normalize(model, { backend, ...(vectors && { feeds: vectors.feeds }) })),
  };
}

async function rewriteModel(bytes: Uint8Array, rewrite: (model: Model) => unknown): Promise<Uint8Array> {
  const model = readModel({ model: bytes });
  await rewrite(model);
  checkGraph(model.graph);
  return writeModel(model).model;
}

/** As written: the runtime's own rewriting would hide a difference or add one. */
async function outputsOf(model: Uint8Array, feeds: Tensors, backend: Backend): Promise<Tensors> {
  const session = await backend.open({ model }, { optimization: "disabled", threads: 1 });
  try {
    return await session.run(Object.fromEntries(session.inputs.map((name) => [name, feeds[name]!])));
  } finally {
    await session.dispose();
  }
}

function compare(actual: Tensors, expected: Tensors): Finding {
  const apart = distance(actual, expected);
  if (apart === undefined) return { verdict: "different", detail: "names, types or shapes of the outputs" };
  if (apart === 0) return { verdict: "exact" };
  return { verdict: apart <= closeEnough ? "close" : "different", detail: `${apart.toExponential(1)} of the largest value` };
}

async function attempt<Result>(work: () => Result | Promise<Result>): Promise<{ readonly value: Result } | { readonly error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

function findingOf(error: unknown): Finding {
  const isRefusal = QuantError.is(error) && error.code !== "internal";
  return { verdict: isRefusal ? "refused" : "broken", detail: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  const line = String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
  return QuantError.is(error) ? `${error.code}: ${line}` : line;
}
