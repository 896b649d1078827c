// Any tensor of the model: its values on the calibration pictures, and the grid they were put on, where there is one.
import {
  createCalibrator,
  createHistogram,
  type Encoding,
  elementCount,
  floatValues,
  type Histogram,
  observeHistogram,
  type QuantPlan,
  type Tensor,
  writeModel,
} from "@halftone/core";
import type { Outcome, Watch } from "./job.ts";
import { normalizedModel } from "./normalized.ts";

export interface TensorChoice {
  readonly label: string;
  readonly tensor: string;
  /** Undefined where the plan has none. */
  readonly encoding?: Encoding;
}

export interface TensorHistogram {
  readonly choice: TensorChoice;
  readonly histogram: Histogram;
  /** Which of several scales the grid is that of. */
  readonly slice: number;
  /** Of a weight only the values that have this scale are counted. */
  readonly ofSlice: boolean;
  /** A weight that the plan rescales along its inputs before it is put on the grid: the values are those before. */
  readonly beforeRescaling: boolean;
}

/** Tensors with a grid first, then all others; rescaled operands are left out, for nothing holds their values. */
export function tensorChoices({ encodings, operands = {} }: QuantPlan, floats: readonly string[]): readonly TensorChoice[] {
  return [
    ...Object.entries(encodings).map(([tensor, encoding]) => ({ label: tensor, tensor, encoding })),
    ...Object.entries(operands).flatMap(([tensor, { encoding, rescaling }]) =>
      rescaling ? [] : [{ label: `${tensor} (as products read it)`, tensor, encoding }],
    ),
    ...floats.filter((tensor) => !(tensor in encodings)).map((tensor) => ({ label: `${tensor} (no grid)`, tensor })),
  ];
}

/** @throws as the calibrator does; `aborted` when the signal fires. */
export async function histogramOf({ options, plan }: Outcome, choice: TensorChoice, slice: number, { signal, onEvent }: Watch): Promise<TensorHistogram> {
  const { source, backend } = options;
  const model = await normalizedModel(options, plan, signal);
  const value = model.graph.value(choice.tensor);
  if (value?.constant) {
    const inputs = value.consumers.flatMap(({ node }) => node.inputs);
    const beforeRescaling = inputs.some((input) => input && plan.operands?.[input.name]?.rescaling !== undefined);
    return { choice, slice, beforeRescaling, ...weightHistogram(value.constant, choice.encoding, slice) };
  }
  const observation = observeHistogram(choice.tensor);
  const statistics = await createCalibrator().collect(writeModel(model), source, [observation], backend, { signal, onEvent });
  return { choice, slice, ofSlice: false, beforeRescaling: false, histogram: statistics.get(observation) };
}

function weightHistogram(constant: Tensor, encoding: Encoding | undefined, slice: number): Pick<TensorHistogram, "histogram" | "ofSlice"> {
  const values = floatValues(constant);
  const ofSlice = encoding?.kind === "affine" && encoding.axis !== undefined && encoding.block === undefined;
  const histogram = createHistogram();
  histogram.add(ofSlice ? sliceOf(values, constant.shape, encoding.axis, slice) : values);
  return { histogram: histogram.result(), ofSlice };
}

/** The elements of a row-major tensor whose index along `axis` is `index`. */
export function sliceOf(values: Float32Array, shape: readonly number[], axis: number, index: number): Float32Array {
  const inner = elementCount(shape.slice(axis + 1));
  const length = shape[axis]!;
  return values.filter((_, position) => Math.floor(position / inner) % length === index);
}
