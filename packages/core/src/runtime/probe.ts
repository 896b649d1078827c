import {
  type Encoding,
  type LayerSample,
  type NodeView,
  type OperandPlan,
  type Probe,
  type ProbeError,
  type ProbeMetric,
  QuantError,
  type Rescaling,
  type Tensor,
} from "../spec/index.ts";
import { type Alignment, createAlignment } from "./alignment.ts";
import { codesOf } from "./grid.ts";
import type { Kernels } from "./kernels.ts";
import { onGridOf } from "./operand-grid.ts";
import { isQuadraticWorthIt, quadraticOf } from "./quadratic.ts";
import { remember } from "./remember.ts";
import { leftScales, rightScales, type ShapeOf } from "./sides.ts";

export interface ProbeOptions {
  readonly sample: LayerSample;
  readonly node: NodeView;
  readonly metric: ProbeMetric;
  readonly kernels: Kernels;
  readonly shapeOf: ShapeOf;
}

/** Left, right and reference of the product, each in terms of the rescaled operand. */
type Sides = Pick<LayerSample, "left" | "right" | "reference" | "bias">;

/** A side that does not change from one candidate to the next is put on its grid once; one that does is not kept. */
export function createProbe({ sample, node, metric, kernels, shapeOf }: ProbeOptions): Probe {
  const rescaled = remember((rescaling: Rescaling | undefined) => rescale(rescaling));
  const lefts = remember((plan: OperandPlan | undefined) => quantizeLeft(plan));
  const rights = remember((side: { readonly rescaling?: Rescaling | undefined; readonly right?: Encoding | undefined }) => quantizeRight(side));
  const alignments = remember(
    async (rescaling: Rescaling | undefined): Promise<Alignment> => createAlignment(kernels, { ...sample, ...(await rescaled(rescaling)) }),
  );

  /** The operand of the latest candidate. */
  let latest: OperandPlan | undefined;
  const rows = sample.left.shape[1]!;
  const quadratics = remember(async (left: OperandPlan | undefined) =>
    quadraticOf(kernels, { ...sample, ...(await rescaled(left?.rescaling)), left: await lefts(left) }),
  );

  const rowWeights = sample.importance && rootMeans(sample.importance);
  const ones: Tensor = { dtype: "float32", shape: [1, 1, rows], data: new Float32Array(rows).fill(1) };

  return {
    async error({ left, right }) {
      const rescaling = left?.rescaling;
      const isNew = left !== latest && JSON.stringify(left) !== JSON.stringify(latest);
      latest = left;
      const rightSide = await rights({ rescaling, right });
      if (metric === "cosine") return (await alignments(rescaling)).error(await lefts(left), rightSide);
      const whole = await rescaled(rescaling);
      const feeds = { right: rightSide, reference: whole.reference, ones, ...(sample.importance && { importance: sample.importance }) };
      const codes = isNew && left?.encoding.kind === "affine" ? codesOf(left.encoding) : undefined;
      if (codes) return summed(await kernels.run(sample.importance ? "weightedCodedError" : "codedError", { ...feeds, ...codes, x: whole.left }), sample);
      if (!isNew && right && isQuadraticWorthIt(sample))
        return summed(await kernels.run("quadraticError", { ...(await quadratics(left)), right: rightSide }), sample);
      return summed(await kernels.run(sample.importance ? "weightedError" : "squaredError", { ...feeds, left: await lefts(left) }), sample);
    },
    moments: async ({ left: plan, right, elements, counting } = {}) => {
      const [left, whole] = [await lefts(plan), await rescaled(plan?.rescaling)];
      const x = elements ? elementsOf(left, elements) : left;
      const y = await kernels.run("subtract", { x: whole.reference, y: await kernels.run("product", { left, right: right ?? whole.right }) });
      // Of rows that matter more there are more.
      const counts = counting === "root" ? rowWeights && rooted(rowWeights) : rowWeights;
      const weigh = async (side: Tensor): Promise<Tensor> => (counts ? kernels.run("scale", { x: side, scale: counts }) : side);
      const weighed = await weigh(x);
      return { second: await kernels.run("moments", { x: weighed, y: weighed }), missing: await kernels.run("moments", { x: weighed, y: await weigh(y) }) };
    },
    dispose: async () => {
      for (const memory of [rescaled, lefts, rights, alignments, quadratics]) memory.clear();
    },
  };

  async function rescale(rescaling: Rescaling | undefined): Promise<Sides> {
    if (!rescaling) return sample;
    if (!sample.layer.weight) throw refused(sample, "a rescaling, which no weight of a product of two activations could undo");
    const place = leftScales(sample, node, rescaling.axis, shapeOf);
    const count = place.shape.reduce((product, size) => product * size, 1);
    const perChannel = (values: readonly number[] | undefined): Tensor & { readonly data: Float32Array } => ({
      dtype: "float32",
      shape: place.shape,
      data: Float32Array.from({ length: count }, (_, position) => values?.[place.indexOf(position)] ?? 0),
    });
    const [scale, shift] = [perChannel(rescaling.scale), perChannel(rescaling.shift)];
    const left = await kernels.run("rescale", { x: sample.left, scale, shift });
    const [batch, , depth] = place.shape;
    const right = await kernels.run("scale", { x: sample.right, scale: { ...scale, shape: [batch!, depth!, 1] } });
    const { bias, reference } = sample;
    if (!rescaling.shift) return { left, right, reference, ...(bias && { bias }) };
    // What the shift takes from the product comes back with the bias.
    const returned = await kernels.run("product", { left: shift, right });
    return { left, right, reference: await kernels.run("subtract", { x: reference, y: returned }), bias: sumOf(returned, bias) };
  }

  async function quantizeLeft(plan: OperandPlan | undefined): Promise<Tensor> {
    const { left } = await rescaled(plan?.rescaling);
    return plan ? onGridOf(kernels, left, plan.encoding, ({ axis }) => leftScales(sample, node, axis, shapeOf)) : left;
  }

  async function quantizeRight(side: { readonly rescaling?: Rescaling | undefined; readonly right?: Encoding | undefined }): Promise<Tensor> {
    const { right } = await rescaled(side.rescaling);
    return side.right ? onGridOf(kernels, right, side.right, (encoding) => rightScales(sample, node, encoding, shapeOf)) : right;
  }
}

function refused({ layer }: LayerSample, what: string): QuantError {
  return new QuantError("unsupported-encoding", `The search cannot try ${what} on node ${layer.node}.`, { details: { node: layer.node } });
}

function elementsOf({ shape, data }: Tensor, { from, to }: { readonly from: number; readonly to: number }): Tensor {
  const [batch, rows, depth] = shape as [number, number, number];
  if (from === 0 && to === depth) return { dtype: "float32", shape, data };
  const width = to - from;
  const part = new Float32Array(batch * rows * width);
  for (let row = 0; row < batch * rows; row++) part.set((data as Float32Array).subarray(row * depth + from, row * depth + to), row * width);
  return { dtype: "float32", shape: [batch, rows, width], data: part };
}

/** One value per output channel. */
function sumOf(returned: Tensor, bias: Tensor | undefined): Tensor {
  const added = bias?.data as Float32Array | undefined;
  const data = (returned.data as Float32Array).map((value, channel) => value + (added?.[channel] ?? 0));
  return { dtype: "float32", shape: [data.length], data };
}

/** Errors [B, 1, M] per channel; columns of a product of activations are summed over the batch. */
function summed({ shape, data }: Tensor, { layer }: LayerSample): ProbeError {
  const errors = data as Float32Array;
  const channels = new Float64Array(layer.weight ? errors.length : shape[2]!);
  errors.forEach((error, index) => {
    channels[index % channels.length]! += error;
  });
  return { layer: channels.reduce((sum, error) => sum + error, 0), channels };
}

/** The square root of what a row of importance is on average: [B, R, 1]. */
function rootMeans({ shape, data }: Tensor): Tensor {
  const [batch, rows, width] = shape as [number, number, number];
  const values = data as Float32Array;
  const means = Float32Array.from({ length: batch * rows }, (_, row) => {
    let sum = 0;
    for (let index = row * width; index < (row + 1) * width; index++) sum += values[index]!;
    return Math.sqrt(sum / width);
  });
  return { dtype: "float32", shape: [batch, rows, 1], data: means };
}

function rooted({ shape, data }: Tensor): Tensor {
  return { dtype: "float32", shape, data: (data as Float32Array).map(Math.sqrt) };
}
