// Any tensor of the quantized model: its values on the calibration pictures, and the grid they were put on.
import {
  createCalibrator,
  createHistogram,
  type Encoding,
  elementCount,
  floatValues,
  type Histogram,
  normalize,
  observeHistogram,
  type QuantPlan,
  readModel,
  type Tensor,
  type Tensors,
  writeModel,
} from "@halftone/core";
import { coarsestSlice } from "./charts/grid-lines.ts";
import type { Outcome, Watch } from "./job.ts";

export interface GridChoice {
  readonly label: string;
  readonly tensor: string;
  readonly encoding: Encoding;
}

export interface TensorHistogram {
  readonly choice: GridChoice;
  readonly histogram: Histogram;
  /** Which of several scales the grid is that of. */
  readonly slice: number;
  /** Of a weight only the values that have this scale are counted. */
  readonly ofSlice: boolean;
  /** A weight that the plan rescales along its inputs before it is put on the grid: the values are those before. */
  readonly beforeRescaling: boolean;
}

/** Every tensor with a grid of its own kind; rescaled operands are left out, for nothing holds their values. */
export function gridChoices({ encodings, operands = {} }: QuantPlan): readonly GridChoice[] {
  return [
    ...Object.entries(encodings).map(([tensor, encoding]) => ({ label: tensor, tensor, encoding })),
    ...Object.entries(operands).flatMap(([tensor, { encoding, rescaling }]) =>
      rescaling ? [] : [{ label: `${tensor} (as products read it)`, tensor, encoding }],
    ),
  ];
}

/** @throws as the calibrator does; `aborted` when the signal fires. */
export async function histogramOf({ options, plan }: Outcome, choice: GridChoice, { signal, onEvent }: Watch): Promise<TensorHistogram> {
  const { source, backend } = options;
  const model = readModel(options.model);
  const feeds = await firstOf(source);
  await normalize(model, { backend, signal, ...(feeds && { feeds }) });
  const slice = coarsestSlice(choice.encoding);
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

function weightHistogram(constant: Tensor, encoding: Encoding, slice: number): Pick<TensorHistogram, "histogram" | "ofSlice"> {
  const values = floatValues(constant);
  const ofSlice = encoding.kind === "affine" && encoding.axis !== undefined && encoding.block === undefined;
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

async function firstOf(source: AsyncIterable<Tensors>): Promise<Tensors | undefined> {
  for await (const feeds of source) return feeds;
  return undefined;
}
