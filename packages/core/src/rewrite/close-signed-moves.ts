/**
 * Around a float node that only moves data, ONNX Runtime 1.30 carries DequantizeLinear forward: DQ -> Reshape becomes
 * DQ -> Reshape -> Q -> DQ, with the type of the codes written into the new QuantizeLinear (`output_dtype`). On x86 and
 * WebAssembly a later pass turns int8 codes into uint8 and forgets that attribute, and the runtime then refuses the
 * model. A pair on the same grid behind the node does the same from the start, and is read correctly; it rounds nothing,
 * for every value lies on the grid already.
 */
import type { Graph, Value } from "../ir/index.ts";
import { moveOutput } from "./move-output.ts";

/** Those that the runtime carries pairs across. */
const moving = new Set(["Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice", "MaxPool"]);

export function closeSignedMoves(graph: Graph): void {
  for (const node of graph.nodes) {
    const dequantize = node.inputs[0]?.producer;
    const moved = node.outputs[0];
    if (!moving.has(node.op) || node.domain !== "" || !moved || dequantize?.op !== "DequantizeLinear") continue;
    const [codes, ...grid] = dequantize.inputs;
    if (codes?.dtype !== "int8" || codes.content) continue;
    if (moved.isOutput || moved.consumers.some((use) => use.node.op !== "QuantizeLinear")) closeBehind(graph, moved, grid);
  }
}

function closeBehind(graph: Graph, moved: Value, grid: readonly (Value | undefined)[]): void {
  const readers = [...moved.consumers];
  const { isOutput, name, shape } = moved;
  const quantized = graph.addNode("QuantizeLinear", [moved, ...grid], { name: `${name}_quantize`, outputs: [graph.freshName(`${name}_quantized`)] })
    .outputs[0]!;
  Object.assign(quantized, { dtype: "int8", shape });
  const dequantize = { name: `${name}_dequantize`, outputs: [graph.freshName(`${name}_dequantized`)] };
  const dequantized = graph.addNode("DequantizeLinear", [quantized, ...grid], dequantize).outputs[0]!;
  Object.assign(dequantized, { dtype: "float32", shape });
  for (const use of readers) use.node.setInput(use.input, dequantized);
  if (isOutput) moveOutput(graph, moved, dequantized);
}
