/**
 * From operator set 21 on, ONNX Runtime 1.30 breaks models with int8 activations where it carries a DequantizeLinear
 * across a node that only moves data, be it the model's or one that a fusion made: it writes the type of the codes into
 * the QuantizeLinear that it adds behind (`output_dtype`), and on x86 and WebAssembly a later pass turns int8 codes into
 * uint8, forgets that attribute, and refuses the model. Operator set 20 has no such attribute, and means the same for
 * everything that does not need 21: 4-bit and 16-bit codes, blocks, GroupNormalization.
 */
import type { Graph, Model, Node } from "../ir/index.ts";
import { opsetOf } from "../ir/index.ts";
import type { Dtype } from "../spec/index.ts";

const [withAttribute, without] = [21, 20];

/** What QuantizeLinear and DequantizeLinear read and write in operator set 20. */
const oldCodes: ReadonlySet<Dtype | undefined> = new Set<Dtype>(["int8", "uint8", "int32"]);

export function chooseOpsetForSignedCodes(model: Model): void {
  if (opsetOf(model) !== withAttribute) return;
  const nodes = nodesOf(model.graph);
  if (nodes.some(quantizesSigned) && !nodes.some(needsNewest)) model.opsets.set("", without);
}

function quantizesSigned({ op, inputs }: Node): boolean {
  return op === "QuantizeLinear" && inputs[2]?.constant?.dtype === "int8";
}

function needsNewest(node: Node): boolean {
  if (node.domain !== "") return false;
  if (node.op === "GroupNormalization" || node.attributes.has("block_size") || node.attributes.has("output_dtype")) return true;
  if (node.op === "QuantizeLinear") return !oldCodes.has(node.inputs[2]?.constant?.dtype ?? "uint8");
  return node.op === "DequantizeLinear" && !oldCodes.has(node.inputs[0]?.dtype ?? node.inputs[0]?.constant?.dtype);
}

function nodesOf(graph: Graph): readonly Node[] {
  return graph.unordered.flatMap((node) => [node, ...node.subgraphs.flatMap(nodesOf)]);
}
