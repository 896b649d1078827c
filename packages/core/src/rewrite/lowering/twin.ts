/**
 * Two grids for one operand. The value is split into disjoint branches, each zero where the other is not; a product is linear in the
 * operand, so it is computed once per branch, on integers, and the results are added:
 *
 *     W x = W low + W high        high = x where x >= threshold, else 0        low = x - high
 *
 * (PTQ4ViT, arXiv 2111.12293, 3.2.) A convolution has no integer kernel that answers in float, and no grid to answer on for each branch:
 * it reads the sum of both and computes in float.
 */
import { float, type Graph, type Node, type Use, type Value } from "../../ir/index.ts";
import { codeRange } from "../../numerics/index.ts";
import { weightLayoutOf } from "../../placement/roles.ts";
import type { TwinEncoding } from "../../spec/index.ts";
import type { EncodingConstants } from "../encoding-constants.ts";
import { addLike } from "./add-like.ts";
import { addQuantizePair } from "./affine.ts";

export function lowerTwin(graph: Graph, source: Value, encoding: TwinEncoding, readers: readonly Use[], constants: EncodingConstants): void {
  const branches = split(graph, source, encoding);
  const low = addQuantizePair(graph, branches.low, encoding.low, constants);
  const high = addQuantizePair(graph, branches.high, encoding.high, constants);
  const isConvolution = ({ node }: Use): boolean => node.op === "Conv" || node.op === "ConvTranspose";
  const convolutions = readers.filter(isConvolution);
  if (convolutions.length > 0) {
    const both = addLike(graph, source, "twin", "Add", [low, high]);
    for (const use of convolutions) use.node.setInput(use.input, both);
  }
  const products = readers.filter((use) => !isConvolution(use));
  for (const [index, use] of products.entries()) {
    const copy = addProduct(graph, use, low, high);
    // A product of the operand with itself: the copy still has to be split on its other side.
    for (const other of products.slice(index + 1)) if (other.node === use.node) products.push({ node: copy, input: other.input });
  }
}

function split(graph: Graph, source: Value, { threshold, low, high }: TwinEncoding): { readonly low: Value; readonly high: Value } {
  if (Math.fround(threshold) !== 0) {
    const above = addLike(graph, source, "high", "ThresholdedRelu", [source], { attributes: { alpha: float(nextBelow(Math.fround(threshold))) } });
    return { low: addLike(graph, source, "low", "Sub", [source, above]), high: above };
  }
  // A grid that ends at zero does the splitting itself.
  const zero = (): Value => graph.addConstant("zero", { dtype: "float32", shape: [], data: Float32Array.of(0) });
  return {
    low: low.zeroPoint[0] === codeRange(low).max ? source : addLike(graph, source, "low", "Min", [source, zero()]),
    high: high.zeroPoint[0] === codeRange(high).min ? source : addLike(graph, source, "high", "Relu", [source]),
  };
}

/** The node reads `low` and keeps its bias; a copy without one reads `high`; their sum takes the place of the output. Answers the copy. */
function addProduct(graph: Graph, { node, input }: Use, low: Value, high: Value): Node {
  const output = node.outputs[0]!;
  const product = graph.addValue(graph.freshName(`${node.name}_low`));
  product.dtype = output.dtype;
  product.shape = output.shape;
  graph.setProducer(product, node, 0);
  const biasInput = weightLayoutOf(node)?.biasInput;
  const inputs = node.inputs.filter((_, index) => index !== biasInput).map((value, index) => (index === input ? high : value));
  const attributes = Object.fromEntries(node.attributes);
  const copy = graph.addNode(node.op, inputs, { name: `${node.name}_high`, attributes, outputs: [graph.freshName(`${node.name}_high`)] });
  const added = copy.outputs[0]!;
  added.dtype = output.dtype;
  added.shape = output.shape;
  node.setInput(input, low);
  graph.addNode(sumOperator(node), [product, added], { name: `${node.name}_twin`, outputs: [output.name] });
  return copy;
}

/**
 * ONNX Runtime turns MatMul and Add of matrices, and Gemm and Sum, into a float Gemm that adds the other product as its bias. Where there are more
 * dimensions Add is the faster one.
 */
function sumOperator(node: Node): "Add" | "Sum" {
  const ranks = node.inputs.map((value) => value?.shape?.length);
  return node.op === "MatMul" && !ranks.some((rank) => rank !== undefined && rank > 2) ? "Sum" : "Add";
}

/** The largest float32 below: ThresholdedRelu passes what is above its threshold, not what equals it. */
function nextBelow(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  view.setInt32(0, view.getInt32(0) + (value > 0 ? -1 : 1));
  return view.getFloat32(0);
}
