/**
 * Biases of integer kernels become int32 with scale s_x * s_w: what the accumulator counts in. No zero point is written:
 * some runtimes refuse one on int32. Runs while inputs still carry the names the plan knows.
 */
import type { Graph, Node } from "../ir/index.ts";
import { quantizeTensor } from "../numerics/index.ts";
import { absorbedBias } from "../placement/absorb.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { computesOnGrid, entryOf, inputEncodingOf, inputScaleOf } from "../plan/index.ts";
import type { AffineEncoding, QuantPlan } from "../spec/index.ts";
import { axisAttributes, type EncodingConstants } from "./encoding-constants.ts";
import { removeUnread } from "./weights.ts";

export function quantizeBiases(graph: Graph, plan: QuantPlan, constants: EncodingConstants): void {
  const staticShapes = graph.inputs.every((input) => input.shape?.every((dimension) => typeof dimension === "number"));
  for (const node of graph.nodes) {
    const place = computesOnGrid(entryOf(plan.nodes, node.name)) ? biasPlaceOf(node, plan, staticShapes) : undefined;
    const bias = place?.node.inputs[place.input];
    const encoding = bias?.content && biasEncoding(node, plan, bias.content.shape);
    if (!place || !bias?.content || !encoding) continue;
    const codes = graph.addConstant(`${bias.name}_quantized`, quantizeTensor(bias.content.tensor(), encoding));
    const dequantize = graph.addNode("DequantizeLinear", [codes, constants.scale(encoding)], {
      name: `${bias.name}_dequantize`,
      attributes: axisAttributes(encoding),
      outputs: [graph.freshName(`${bias.name}_dequantized`)],
    });
    const dequantized = dequantize.outputs[0]!;
    dequantized.dtype = "float32";
    dequantized.shape = bias.content.shape;
    place.node.setInput(place.input, dequantized);
    removeUnread(graph, bias);
  }
}

/**
 * ONNX Runtime turns MatMul and Add into a Gemm where every dimension is known, and that Gemm is integer only with an
 * int32 bias. Where a dimension is open it keeps both, and fuses a float bias into the integer MatMul.
 */
function biasPlaceOf(node: Node, plan: QuantPlan, staticShapes: boolean): { readonly node: Node; readonly input: number } | undefined {
  const layout = weightLayoutOf(node);
  if (layout?.biasInput !== undefined) return { node, input: layout.biasInput };
  // Two branches are added before the bias is: there is no Gemm to be made.
  const isFusable = staticShapes && node.inputs[1]?.content && inputEncodingOf(node, plan)?.kind !== "twin";
  const add = isFusable ? absorbedBias(node) : undefined;
  if (add === undefined || entryOf(plan.nodes, add.name)?.mode !== "absorbed") return undefined;
  return { node: node.graph.node(add.name)!, input: add.inputs.findIndex((value) => value?.constant) };
}

function biasEncoding(node: Node, plan: QuantPlan, shape: readonly number[]): AffineEncoding | undefined {
  const input = inputScaleOf(node, plan);
  const weight = entryOf(plan.encodings, node.inputs[1]?.name);
  if (input === undefined || !weight || weight.block !== undefined || shape.length !== 1) return undefined;
  const scale = weight.scale.map((value) => Math.fround(Math.fround(input) * Math.fround(value)));
  if (scale.length > 1 && scale.length !== shape[0]) return undefined;
  const zeroPoint = scale.map(() => 0);
  return { kind: "affine", dtype: "int32", scale, zeroPoint, ...(scale.length > 1 && { axis: 0 }) };
}
