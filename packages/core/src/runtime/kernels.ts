/**
 * What a search computes, as small models that every layer shares: nothing is compiled per layer, and a candidate is a feed. Operands are
 * [B, R, D] and [B, D, M].
 */
import { int, ints, type Value } from "../ir/index.ts";
import type { Backend, ModelFiles, Session, Tensor, Tensors } from "../spec/index.ts";
import { type SmallGraph, smallModel } from "./small-model.ts";

const compared = ["right", "reference", "ones"] as const;
const coded = ["x", "scale", "zero", "last"] as const;

const models = {
  /** left x right */
  product: () => smallModel(["left", "right"], (graph, { left, right }) => graph.op("MatMul", [left, right])),
  /** x^T y */
  moments: () => smallModel(["x", "y"], (graph, { x, y }) => graph.op("MatMul", [graph.op("Transpose", [x], { perm: ints([0, 2, 1]) }), y])),
  /** x as its grid holds it. */
  affine: () => smallModel(["x", "scale", "low", "high"], (graph, { x, ...grid }) => onGrid(graph, x, grid)),
  /** Two grids, one below the threshold and one from it on. */
  twin: () =>
    smallModel(["x", "threshold", "lowScale", "lowLow", "lowHigh", "highScale", "highLow", "highHigh"], (graph, { x, threshold, ...grids }) => {
      const low = onGrid(graph, x, { scale: grids.lowScale, low: grids.lowLow, high: grids.lowHigh });
      const high = onGrid(graph, x, { scale: grids.highScale, low: grids.highLow, high: grids.highHigh });
      return graph.op("Where", [graph.op("Less", [x, threshold]), low, high]);
    }),
  /** x / scale - shift */
  rescale: () => smallModel(["x", "scale", "shift"], (graph, { x, scale, shift }) => graph.op("Sub", [graph.op("Div", [x, scale]), shift])),
  /** x * scale */
  scale: () => smallModel(["x", "scale"], (graph, { x, scale }) => graph.op("Mul", [x, scale])),
  multiply: () => smallModel(["x", "y"], (graph, { x, y }) => graph.op("Mul", [x, y])),
  subtract: () => smallModel(["x", "y"], (graph, { x, y }) => graph.op("Sub", [x, y])),
  /** Squared errors of left x right against the reference, summed over the rows by a product with `ones` [1, 1, R]: [B, 1, M]. A reduction takes as long as the product. */
  squaredError: () => smallModel(["left", ...compared], squaredErrors),
  weightedError: () => smallModel(["left", ...compared, "importance"], squaredErrors),
  /** The same with x on a grid of codes of 8 bits or less: nothing between is handed out. */
  codedError: () => smallModel([...coded, ...compared], (graph, inputs) => squaredErrors(graph, { ...inputs, left: throughCodes(graph, inputs) })),
  weightedCodedError: () =>
    smallModel([...coded, ...compared, "importance"], (graph, inputs) => squaredErrors(graph, { ...inputs, left: throughCodes(graph, inputs) })),
  /**
   * Squared errors of a weight [B, D, M] that differs from `base` by d, for rows whose second moments are known: d^T second d - 2 d^T missing + rest, per column.
   * `ones` [1, 1, D] sums.
   */
  quadraticError: () =>
    smallModel(["right", "base", "second", "missing", "rest", "ones"], (graph, { right, base, second, missing, rest, ones }) => {
      const change = graph.op("Sub", [right, base]);
      const slope = graph.op("Sub", [graph.op("MatMul", [second, change]), graph.op("Add", [missing, missing])]);
      return graph.op("Add", [graph.op("MatMul", [ones, graph.op("Mul", [change, slope])]), rest]);
    }),
  /** Of y = left x right + bias, for each sample: the sums of y * reference, and of y * y behind them: [B, 2 S, M]. `samples` [1, S, R] says whose row is whose. */
  alignment: () =>
    smallModel(["left", "right", "bias", "reference", "samples"], (graph, { left, right, bias, reference, samples }) => {
      const y = graph.op("Add", [graph.op("MatMul", [left, right]), bias]);
      const sumsOf = (factor: Value): Value => graph.op("MatMul", [samples, graph.op("Mul", [y, factor])]);
      return graph.op("Concat", [sumsOf(reference), sumsOf(y)], { axis: int(1) });
    }),
} satisfies Record<string, () => ModelFiles>;

export type Kernel = keyof typeof models;

function onGrid(graph: SmallGraph, x: Value, { scale, low, high }: Readonly<Record<"scale" | "low" | "high", Value>>): Value {
  const code = graph.op("Round", [graph.op("Div", [x, scale])]);
  return graph.op("Mul", [graph.op("Min", [graph.op("Max", [code, low]), high]), scale]);
}

type Inputs<Name extends string> = Readonly<Record<Name, Value>>;

function squaredErrors(graph: SmallGraph, inputs: Inputs<"left" | (typeof compared)[number]> & { readonly importance?: Value }): Value {
  const { left, right, reference, ones, importance } = inputs;
  const error = graph.op("Sub", [graph.op("MatMul", [left, right]), reference]);
  const square = graph.op("Mul", [error, error]);
  return graph.op("MatMul", [ones, importance ? graph.op("Mul", [square, importance]) : square]);
}

/** Codes from 0 to `last`, in a uint8. */
function throughCodes(graph: SmallGraph, { x, ...grid }: Inputs<(typeof coded)[number]>): Value {
  const [scale, zero, last] = [grid.scale, grid.zero, grid.last].map((value) => graph.op("Squeeze", [value])) as [Value, Value, Value];
  const code = (value: Value): Value => graph.op("Cast", [value], { to: int(uint8) });
  const zeroPoint = code(zero);
  const codes = graph.op("Clip", [graph.op("QuantizeLinear", [x, scale, zeroPoint]), code(graph.op("Sub", [last, last])), code(last)]);
  return graph.op("DequantizeLinear", [codes, scale, zeroPoint]);
}

/** As ONNX numbers element types. */
const uint8 = 2;

/** Sessions of the kernels, opened on first use. */
export interface Kernels {
  run(kernel: Kernel, feeds: Tensors): Promise<Tensor>;
  dispose(): Promise<void>;
}

export function createKernels(backend: Backend, signal?: AbortSignal): Kernels {
  const sessions = new Map<Kernel, Promise<Session>>();
  return {
    run: async (kernel, feeds) => {
      const opened = sessions.get(kernel) ?? backend.open(models[kernel](), { fuseQuantized: false, spinning: false });
      sessions.set(kernel, opened);
      opened.catch(() => sessions.delete(kernel));
      return (await (await opened).run(feeds, signal ? { signal } : {}))["result"]!;
    },
    dispose: async () => {
      for (const session of sessions.values()) await (await session).dispose();
      sessions.clear();
    },
  };
}
