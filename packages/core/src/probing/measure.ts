import type { Backend, ModelFiles, Tensors } from "../spec/index.ts";
import { crowdedEnds, patternCodes } from "./codes.ts";
import { inputBound, type OperatorProbe, outputEncoding, type ProbeTypes, probeModel } from "./operator-model.ts";

/** A runtime that is to be asked. */
export interface ProbedRuntime {
  readonly backend: Backend;
  /** Computes what is right, from unoptimized models. Default: the runtime itself. */
  readonly reference?: Backend;
  /**
   * The operators that the runtime executes between the first QuantizeLinear and the last DequantizeLinear of a model, or
   * undefined when one of them is in float. With `floatOutput` no DequantizeLinear is expected behind them.
   */
  kernelOf(model: ModelFiles, options: { readonly feeds: Tensors; readonly floatOutput: boolean }): Promise<string | undefined>;
}

/** What the runtime made of one operator at one choice of types. */
export interface Measurement {
  /** The operators between the first QuantizeLinear and the last DequantizeLinear; undefined when some of them is in float. */
  readonly kernel: string | undefined;
  /** Largest distance to the model without the runtime's optimizer, in steps of the output, rounded down to a tenth; 0 without a kernel. */
  readonly error: number;
}

/** Undefined when the runtime does not even run the unoptimized model. */
export async function measure(
  { backend, reference = backend, kernelOf }: ProbedRuntime,
  probe: OperatorProbe,
  types: ProbeTypes,
): Promise<Measurement | undefined> {
  const channels = types.perChannel ? probe.weight!.shape[probe.weight!.channelAxis]! : 1;
  const count = probe.weight?.shape.reduce((product, size) => product * size, 1) ?? 0;
  const weight = types.weight && patternCodes(types.weight, count, channels, types.weightBits);
  const feeds = feedsOf(probe);
  try {
    const real = await outputsOf(reference, probeModel(probe, types, weight, undefined), feeds, "disabled");
    const output = outputEncoding(probe, types.activation, extremes(real));
    const model = probeModel(probe, types, weight, types.floatOutput ? undefined : output);
    const kernel = await kernelOf(model, { feeds, floatOutput: types.floatOutput === true });
    if (kernel === undefined) return { kernel, error: 0 };
    const expected = await outputsOf(reference, model, feeds, "disabled");
    const actual = await outputsOf(backend, model, feeds, "all");
    return {
      kernel,
      error: Math.floor((largestDistance(actual, expected) / output.scale) * 10) / 10,
    };
  } catch {
    return undefined;
  }
}

export function feedsOf(probe: OperatorProbe): Tensors {
  const low = probe.positive ? inputBound / 4 : -inputBound;
  return Object.fromEntries(
    probe.inputs.map((shape, input) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from(crowdedEnds(length, input + 2), (share) => low + share * (inputBound - low));
      return [`x${input}`, { dtype: "float32" as const, shape, data }];
    }),
  );
}

export async function outputsOf(backend: Backend, model: ModelFiles, feeds: Tensors, optimization: "disabled" | "all"): Promise<readonly Float32Array[]> {
  const session = await backend.open(model, { optimization });
  try {
    return Object.values(await session.run(feeds)).map((tensor) => tensor.data as Float32Array);
  } finally {
    await session.dispose();
  }
}

function extremes(outputs: readonly Float32Array[]): readonly [number, number] {
  const values = outputs.flatMap((output) => [...output]);
  return [Math.min(...values), Math.max(...values)];
}

export function largestDistance(actual: readonly Float32Array[], expected: readonly Float32Array[]): number {
  return Math.max(...actual.flatMap((output, index) => [...output].map((value, i) => Math.abs(value - expected[index]![i]!))));
}
