import type { Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { ModelFiles, Tensor } from "../spec/index.ts";
import { buildModel } from "./build-model.ts";
import { floats, tensor } from "./tensors.ts";

const outputStep = 2 ** -16;

/**
 * A quantized activation into a convolution whose weight is a float constant with very different channels: the case in
 * which ONNX Runtime quantizes the weight on its own, with one scale for the whole tensor. Channel 1 of the output stays
 * inside the grid of `step`, which a rounding may miss by one.
 */
export function dequantizedConv(): { readonly model: ModelFiles; readonly input: Tensor; readonly step: number } {
  const model = buildModel({ inputs: { x: [1, 2, 5, 5] } }, (b, { x }) => {
    const rounded = (value: Value, scale: Value, zero: Value) => b.op("DequantizeLinear", [b.op("QuantizeLinear", [value, scale, zero]), scale, zero]);
    const real = rounded(x, b.constant([1 / 64], []), b.constant(tensor("uint8", [], new Uint8Array([128]))));
    const values = Array.from({ length: 36 }, (_, i) => Math.sin(i) * (i < 18 ? 20 : 0.01));
    const convolved = b.op("Conv", [real, b.constant(values, [2, 2, 3, 3])]);
    return { y: rounded(convolved, b.constant([outputStep], []), b.constant(tensor("uint16", [], new Uint16Array([32768])))) };
  });
  const wave = Array.from({ length: 50 }, (_, i) => Math.sin(i * 0.7) * 1.9);
  return { model: writeModel(model), input: floats([1, 2, 5, 5], wave), step: outputStep };
}
