import type { ModelFiles, Tensor } from "../spec/index.ts";
import { floats, tensor, tinyModel } from "./tiny-model.ts";

const outputStep = 2 ** -16;

/**
 * A quantized activation into a convolution whose weight is a float constant with very different channels: the case in
 * which ONNX Runtime quantizes the weight on its own, with one scale for the whole tensor. Channel 1 of the output stays
 * inside the grid of `step`, which a rounding may miss by one.
 */
export function dequantizedConv(): { readonly model: ModelFiles; readonly input: Tensor; readonly step: number } {
  const model = tinyModel((graph) => {
    const x = graph.addInput("x", "float32", [1, 2, 5, 5]);
    const scale = graph.addConstant("scale", floats([], [1 / 64]));
    const zero = graph.addConstant("zero", tensor("uint8", [], new Uint8Array([128])));
    const codes = graph.addNode("QuantizeLinear", [x, scale, zero]).outputs[0];
    const real = graph.addNode("DequantizeLinear", [codes, scale, zero]).outputs[0];
    const values = Array.from({ length: 36 }, (_, i) => Math.sin(i) * (i < 18 ? 20 : 0.01));
    const weight = graph.addConstant("w", floats([2, 2, 3, 3], values));
    const convolved = graph.addNode("Conv", [real, weight]).outputs[0];
    const fine = graph.addConstant("fine", floats([], [outputStep]));
    const middle = graph.addConstant("middle", tensor("uint16", [], new Uint16Array([32768])));
    const outputCodes = graph.addNode("QuantizeLinear", [convolved, fine, middle]).outputs[0];
    graph.addOutput(graph.addNode("DequantizeLinear", [outputCodes, fine, middle], { outputs: ["y"] }).outputs[0]!);
  });
  return {
    model,
    input: floats(
      [1, 2, 5, 5],
      Array.from({ length: 50 }, (_, i) => Math.fround(Math.sin(i * 0.7) * 1.9)),
    ),
  };
}
