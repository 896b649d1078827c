import type { Node, Value } from "../ir/index.ts";
import { unitAxis } from "./unit-axis.ts";

/** An operator that multiplies by a constant weight, all inputs with all outputs. */
export interface Layer {
  readonly node: Node;
  readonly weight: Value;
  /** Of the weight. */
  readonly inputAxis: number;
  readonly outputAxis: number;
  readonly outputs: number;
  /** Whether channels are the last axis of what it reads and answers; the second axis otherwise. */
  readonly channelsLast: boolean;
}

/** MatMul and Gemm with a weight as the right operand, and Conv without groups. */
export function layerOf(node: Node): Layer | undefined {
  const weight = node.inputs[1];
  const shape = weight?.content?.shape;
  if (node.domain !== "" || !weight || !shape || weight.content!.dtype !== "float32") return undefined;
  const layer = (inputAxis: number, outputAxis: number, channelsLast: boolean): Layer => {
    return { node, weight, inputAxis, outputAxis, outputs: shape[outputAxis]!, channelsLast };
  };
  switch (node.op) {
    case "MatMul":
      return shape.length === 2 ? layer(0, 1, true) : undefined;
    case "Gemm":
      if (node.int("transA", 0) !== 0) return undefined;
      return node.int("transB", 0) === 1 ? layer(1, 0, true) : layer(0, 1, true);
    case "Conv":
      return shape.length >= 3 && node.int("group", 1) === 1 ? layer(1, 0, false) : undefined;
    default:
      return undefined;
  }
}

const biasInput = 2;

/** The input that adds to every output of a layer, and the axis of the outputs in it. */
export function biasOf({ node, outputs }: Layer): { readonly value: Value; readonly input: number; readonly axis: ReturnType<typeof unitAxis> } | undefined {
  const value = node.op === "MatMul" ? undefined : node.inputs[biasInput];
  if (!value) return undefined;
  const layout = node.op === "Gemm" ? { axis: 1, rank: 2 } : { axis: 0, rank: 1 };
  const axis = value.content?.dtype === "float32" ? unitAxis(value.content.shape, { ...layout, units: outputs }) : "mixed";
  return { value, input: biasInput, axis };
}
