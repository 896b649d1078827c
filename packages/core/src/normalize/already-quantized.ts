import type { Model, Node } from "../ir/index.ts";
import { QuantError } from "../spec/index.ts";
import { livingNodes } from "./rule.ts";

const quantized =
  /^(QuantizeLinear|DequantizeLinear|DynamicQuantizeLinear|QLinear\w+|QAttention|QEmbedLayerNormalization|QGemm|ConvInteger|MatMulInteger|MatMulIntegerToFloat|MatMulNBits|MatMulBnb4|GatherBlockQuantized|FakeQuant\w*|DynamicQuantize\w+)$/;

/** @throws `already-quantized` naming the first such node: quantizing twice only adds error. */
export function rejectQuantized(model: Model): void {
  for (const node of livingNodes(model.graph)) {
    if (!quantized.test(node.op)) continue;
    throw new QuantError("already-quantized", `The model is already quantized: node ${node.name} is a ${describe(node)}. Start from the float model.`, {
      details: { node: node.name, op: node.op },
    });
  }
}

function describe(node: Node): string {
  return node.domain === "" ? node.op : `${node.domain}.${node.op}`;
}
