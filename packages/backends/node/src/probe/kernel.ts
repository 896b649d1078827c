import type { Graph, Node, Value } from "@halftone/core";

/** Layout changes the runtime puts around its kernels. */
const movers = new Set(["Transpose", "Reshape", "Identity"]);

/**
 * The operators of an optimized probe model, or undefined when a float operator is left: when a DequantizeLinear feeds
 * anything but the output, or a QuantizeLinear is fed by anything but an input.
 */
export function integerKernel(graph: Graph, floatOutput: boolean): string | undefined {
  const quantize = graph.nodes.filter((node) => node.op === "QuantizeLinear");
  const dequantize = graph.nodes.filter((node) => node.op === "DequantizeLinear");
  const inside = graph.nodes.filter((node) => !quantize.includes(node) && !dequantize.includes(node));
  const bordered = quantize.every((node) => comesFromInput(node.inputs[0])) && dequantize.every((node) => node.outputs.every((output) => goesToOutput(output)));
  const complete = quantize.length > 0 && (floatOutput ? dequantize.length === 0 : dequantize.length > 0);
  if (!bordered || !complete) return undefined;
  return inside.map((node) => node.op).join(" ");
}

function comesFromInput(value: Value | undefined): boolean {
  return value !== undefined && (value.isInput || isMover(value.producer, (node) => comesFromInput(node.inputs[0])));
}

function goesToOutput(value: Value | undefined): boolean {
  return (
    value !== undefined &&
    (value.isOutput || (value.consumers.length > 0 && value.consumers.every((use) => isMover(use.node, (node) => goesToOutput(node.outputs[0])))))
  );
}

function isMover(node: Node | undefined, test: (node: Node) => boolean): boolean {
  return node !== undefined && movers.has(node.op) && test(node);
}
