/**
 * Biases of integer kernels become int32 with scale s_x * s_w: what the accumulator counts in. No zero point is written:
 * some runtimes refuse one on int32. Runs while inputs still carry the names the plan knows.
 */
import type { Graph, Node } from "../ir/index.ts";
import { quantizeTensor } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, QuantPlan } from "../spec/index.ts";
import { axisAttributes, type EncodingConstants } from "./encoding-constants.ts";
import { removeUnread } from "./weights.ts";

export function quantizeBiases(graph: Graph, plan: QuantPlan, constants: EncodingConstants): void {
  for (const node of graph.nodes) {
    const layout = plan.nodes[node.name]?.mode === "integer" ? weightLayoutOf(node) : undefined;
    const bias = layout?.biasInput === undefined ? undefined : node.inputs[layout.biasInput];
    const encoding = bias?.content && biasEncoding(node, plan, bias.content.shape);
    if (!bias?.content || !encoding) continue;
    const codes = graph.addConstant(`${bias.name}_quantized`, quantizeTensor(bias.content.tensor(), encoding));
    const dequantize = graph.addNode("DequantizeLinear", [codes, constants.scale(encoding)], {
      name: `${bias.name}_dequantize`,
      attributes: axisAttributes(encoding),
      outputs: [graph.freshName(`${bias.name}_dequantized`)],
    });
    const dequantized = dequantize.outputs[0]!;
    dequantized.dtype = "float32";
    dequantized.shape = bias.content.shape;
    node.setInput(layout!.biasInput!, dequantized);
    removeUnread(graph, bias);
  }
}

function biasEncoding(node: Node, plan: QuantPlan, shape: readonly number[]): AffineEncoding | undefined {
  const input = plan.encodings[node.inputs[0]?.name ?? ""];
  const weight = plan.encodings[node.inputs[1]?.name ?? ""];
  if (!input || !weight || weight.block !== undefined || shape.length !== 1) return undefined;
  const scale = weight.scale.map((value) => Math.fround(Math.fround(input.scale[0]!) * Math.fround(value)));
  if (scale.length > 1 && scale.length !== shape[0]) return undefined;
  const zeroPoint = scale.map(() => 0);
  return { kind: "affine", dtype: "int32", scale, zeroPoint, ...(scale.length > 1 && { axis: 0 }) };
}
