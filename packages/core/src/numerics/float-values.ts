import { QuantError, type Tensor } from "../spec/index.ts";

/** The elements as float32: the tensor's own array where it already is one. */
export function floatValues(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case "float32":
      return tensor.data as Float32Array;
    case "float64":
      return Float32Array.from(tensor.data as Float64Array);
    case "float16":
      return Float32Array.from(tensor.data as Uint16Array, halfToNumber);
    case "bfloat16":
      return new Float32Array(Uint32Array.from(tensor.data as Uint16Array, (bits) => bits << 16).buffer);
    default:
      throw new QuantError("invalid-data", `A ${tensor.dtype} tensor has no real values to quantize; float32, float64, float16 or bfloat16 is expected.`, {
        details: { dtype: tensor.dtype },
      });
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
