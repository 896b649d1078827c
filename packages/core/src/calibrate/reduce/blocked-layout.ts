/**
 * ONNX Runtime's CPU kernels keep the activations of convolutions in blocks of 8 or 16 channels. Any operator that does
 * not know the layout has the whole tensor copied back first, which costs more than a reduction. Pooling, depthwise
 * convolution and concatenation of whole blocks stay inside. This is a guess at what the runtime will do: where it is
 * wrong, it costs time and nothing else.
 */
import type { Value } from "../../ir/index.ts";
import type { ShapeOf } from "./observing-nodes.ts";

/** A multiple of every block size. */
const block = 16;
const sameShape = new Set(["Add", "Sum", "Mul"]);
const keepsLayout = new Set([...sameShape, "Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "Clip", "MaxPool", "AveragePool"]);

export function blockedLayout(shapeOf: ShapeOf): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const isBlocked = (value: Value): boolean => {
    let blocked = known.get(value);
    if (blocked === undefined) {
      const shape = shapeOf(value);
      blocked = value.dtype === "float32" && shape.length === 4 && shape[1]! % block === 0 && staysBlocked(value);
      known.set(value, blocked);
    }
    return blocked;
  };
  const staysBlocked = (value: Value): boolean => {
    const producer = value.producer;
    if (producer?.domain !== "") return false;
    if (producer.op === "Conv") return true;
    const inputs = producer.inputs.flatMap((input) => (input && (producer.op !== "Clip" || !input.content) ? [input] : []));
    if (producer.op === "Concat") return producer.int("axis", 0) === 1 && inputs.every(isBlocked);
    if (sameShape.has(producer.op) && inputs.some((input) => `${shapeOf(input)}` !== `${shapeOf(value)}`)) return false;
    return keepsLayout.has(producer.op) && inputs.every(isBlocked);
  };
  return isBlocked;
}
