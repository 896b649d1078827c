import { constantFromTensor, type Graph, type Value } from "../ir/index.ts";
import { quantizeTensor } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { decodeCodes, entryOf, storesWeight } from "../plan/index.ts";
import type { AffineEncoding, QuantPlan, Tensor } from "../spec/index.ts";
import { axisAttributes, type EncodingConstants } from "./encoding-constants.ts";

/** Stores encoded weights as integers behind a DequantizeLinear; float readers of the same weight keep the float copy. */
export function quantizeWeights(graph: Graph, plan: QuantPlan, constants: EncodingConstants): void {
  for (const [name, encoding] of Object.entries(plan.encodings)) {
    const weight = graph.value(name);
    if (!weight?.content) continue;
    const readers = weight.consumers.filter(({ node, input }) => storesWeight(entryOf(plan.nodes, node.name)) && weightLayoutOf(node)?.input === input);
    if (readers.length === 0) continue;
    const codes = graph.addConstant(`${name}_quantized`, constantFromTensor(codesOf(weight, name, encoding, plan)));
    const shape = encoding.block === undefined ? undefined : blockedShape(weight.content.shape, encoding.axis!, encoding.block);
    const node = graph.addNode("DequantizeLinear", [codes, constants.scale(encoding, shape), constants.zeroPoint(encoding, shape)], {
      name: `${name}_dequantize`,
      attributes: axisAttributes(encoding),
      outputs: [graph.freshName(`${name}_dequantized`)],
    });
    const dequantized = node.outputs[0]!;
    dequantized.dtype = "float32";
    dequantized.shape = weight.content.shape;
    for (const use of readers) use.node.setInput(use.input, dequantized);
    removeUnread(graph, weight);
  }
}

/** Those of the plan, or the nearest ones. */
function codesOf(weight: Value, name: string, encoding: AffineEncoding, plan: QuantPlan): Tensor {
  const stored = entryOf(plan.codes, name);
  const tensor = weight.content!.tensor();
  return stored === undefined ? quantizeTensor(tensor, encoding) : decodeCodes(name, stored, tensor.shape, encoding);
}

export function removeUnread(graph: Graph, value: Value): void {
  if (value.consumers.length > 0 || value.isOutput) return;
  if (value.isInput) graph.removeInput(value);
  graph.removeValue(value);
}

function blockedShape(shape: readonly number[], axis: number, block: number): readonly number[] {
  return shape.map((dimension, index) => (index === axis ? Math.ceil(dimension / block) : dimension));
}
