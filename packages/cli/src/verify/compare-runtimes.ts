import {
  type CalibrationSource,
  createDistance,
  type Distance,
  floatValues,
  type ModelFiles,
  QuantError,
  type Session,
  type Tensor,
  type Tensors,
} from "@halftone/core";
import type { Runtime } from "./open-runtime.ts";

/** What one runtime made of the model, beside the first. */
export interface RuntimeComparison {
  readonly target: string;
  /** By output; empty for the first, which the others are compared with, and where the runtime failed. */
  readonly outputs: Readonly<Record<string, Distance>>;
  readonly note?: string;
  /** The runtime's words, when it refused the model or a run. */
  readonly failure?: string;
}

export interface RuntimesOptions {
  readonly model: ModelFiles;
  /** At least two. */
  readonly runtimes: readonly Runtime[];
  readonly source: CalibrationSource;
  readonly samples: number;
  readonly signal: AbortSignal;
  readonly onRuntime: (target: string) => void;
}

/** Runs the model on one runtime after the other. @throws `backend-unavailable`, and whatever the first runtime throws. */
export async function compareRuntimes({ runtimes, onRuntime, ...options }: RuntimesOptions): Promise<readonly RuntimeComparison[]> {
  let reference: readonly Tensors[] | undefined;
  const comparisons: RuntimeComparison[] = [];
  for (const runtime of runtimes) {
    onRuntime(runtime.target);
    try {
      const { outputs, note } = await outputsOf(runtime, options);
      comparisons.push({ target: runtime.target, outputs: reference ? distances(reference, outputs) : {}, ...(note !== undefined && { note }) });
      reference ??= outputs;
    } catch (error) {
      if (!reference || !QuantError.is(error, "backend-failed")) throw error;
      comparisons.push({ target: runtime.target, outputs: {}, failure: error.message });
    } finally {
      await runtime.close();
    }
  }
  return comparisons;
}

type Run = Pick<RuntimesOptions, "model" | "source" | "samples" | "signal">;

async function outputsOf(runtime: Runtime, { model, source, samples, signal }: Run): Promise<{ readonly outputs: readonly Tensors[]; readonly note?: string }> {
  const { session, note } = await openFirst(runtime, model);
  try {
    const outputs: Tensors[] = [];
    for await (const feeds of source) {
      if (outputs.length === samples) break;
      outputs.push(await session.run(feeds, { signal }));
    }
    return { outputs, ...(note !== undefined && { note }) };
  } finally {
    await session.dispose();
  }
}

async function openFirst({ stages }: Runtime, model: ModelFiles): Promise<{ readonly session: Session; readonly note?: string }> {
  for (const [index, { backend, note }] of stages.entries()) {
    try {
      return { session: await backend.open(model), ...(note !== undefined && { note }) };
    } catch (error) {
      if (index === stages.length - 1 || !QuantError.is(error, "backend-failed")) throw error;
    }
  }
  throw new QuantError("internal", "A runtime without a backend.");
}

function distances(reference: readonly Tensors[], outputs: readonly Tensors[]): Readonly<Record<string, Distance>> {
  const names = Object.keys(reference[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, distanceOf(name, reference, outputs)]));
}

function distanceOf(name: string, reference: readonly Tensors[], outputs: readonly Tensors[]): Distance {
  const distance = createDistance();
  for (const [index, expected] of reference.entries()) {
    const [left, right] = [expected[name]!, outputs[index]![name]!];
    // Outputs of another size are no closer than none at all.
    if (left.shape.join() !== right.shape.join()) return { sqnrDb: Number.NEGATIVE_INFINITY, cosine: 0, maxError: Number.POSITIVE_INFINITY };
    distance.update(numbersOf(name, left), numbersOf(name, right));
  }
  return distance.result();
}

function numbersOf(name: string, tensor: Tensor): ArrayLike<number> {
  if (tensor.dtype === "string") throw new QuantError("unsupported-op", `Output ${name} holds text, which cannot be compared.`, { details: { tensor: name } });
  if (tensor.dtype === "int64" || tensor.dtype === "uint64") return Float64Array.from(tensor.data as BigInt64Array, Number);
  return /float/.test(tensor.dtype) ? floatValues(tensor) : (tensor.data as Int32Array);
}
