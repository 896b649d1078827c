import type { Encoding, LogEncoding, Tensor, TwinEncoding } from "../spec/index.ts";
import { floatValues } from "./float-values.ts";
import { logCode, logTable } from "./log-codes.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";

/**
 * What the values become on a grid, float32. Bit for bit what an exported graph computes for affine and twin encodings; for logarithmic
 * ones up to the runtime's rounding of a logarithm, which moves values that lie next to a threshold.
 */
export function fakeQuantize(values: Tensor, encoding: Encoding): Tensor {
  switch (encoding.kind) {
    case "affine":
      return dequantizeTensor(quantizeTensor(values, encoding), encoding);
    case "twin":
      return onTwin(values, encoding);
    case "log":
      return onLog(values, encoding);
    default:
      return encoding satisfies never;
  }
}

function onTwin(values: Tensor, { threshold, low, high }: TwinEncoding): Tensor {
  const real = floatValues(values);
  const [below, above] = [low, high].map((branch) => fakeQuantize(values, branch).data as Float32Array);
  const limit = Math.fround(threshold);
  const data = real.map((value, index) => (value < limit ? below![index]! : above![index]!));
  return { dtype: "float32", shape: values.shape, data };
}

function onLog(values: Tensor, encoding: LogEncoding): Tensor {
  const table = logTable(encoding);
  const zero = table.length - 1;
  const data = floatValues(values).map((value) => table[Math.min(logCode(value, encoding), zero)]!);
  return { dtype: "float32", shape: values.shape, data };
}
