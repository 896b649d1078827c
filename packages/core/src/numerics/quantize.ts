/**
 * Affine codes, bit for bit as ONNX Runtime's QuantizeLinear and DequantizeLinear compute them:
 *
 *     code = saturate(round(x / scale) + zeroPoint)    real = (code - zeroPoint) * scale
 *
 * The division is in float32 and ties round to the even integer. int32 has no QuantizeLinear (it is the type of biases);
 * its division is in float64, for float32 cannot tell neighbouring large codes apart.
 */
import { type AffineEncoding, type IntegerDtype, QuantError, type Tensor } from "../spec/index.ts";
import { codeRange, containerBits, isSigned } from "./code-range.ts";
import { floatValues } from "./float-values.ts";
import { packNibbles, unpackNibbles } from "./nibbles.ts";
import { roundHalfEven } from "./rounding.ts";
import { scaleCount, visitGroups } from "./scale-groups.ts";

type Codes = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

/** The tensor as codes. NaN becomes the code of zero. */
export function quantizeTensor(tensor: Tensor, encoding: AffineEncoding): Tensor {
  checkScales(tensor.shape, encoding);
  const values = floatValues(tensor);
  const codes = newCodes(encoding.dtype, values.length);
  const { min, max } = codeRange(encoding);
  const narrow = encoding.dtype === "int32" ? (quotient: number) => quotient : Math.fround;
  visitGroups(tensor.shape, encoding, (index, start, count, stride) => {
    const scale = Math.fround(encoding.scale[index]!);
    const zeroPoint = encoding.zeroPoint[index]!;
    for (let position = start, end = start + count * stride; position < end; position += stride) {
      const code = roundHalfEven(narrow(values[position]! / scale)) + zeroPoint;
      codes[position] = code >= max ? max : code <= min ? min : Number.isNaN(code) ? zeroPoint : code;
    }
  });
  return { dtype: encoding.dtype, shape: tensor.shape, data: containerBits[encoding.dtype] === 4 ? packNibbles(codes) : codes };
}

/** What the codes stand for, as float32. */
export function dequantizeTensor(tensor: Tensor, encoding: AffineEncoding): Tensor {
  checkScales(tensor.shape, encoding);
  const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
  const codes = containerBits[encoding.dtype] === 4 ? unpackNibbles(tensor.data as Uint8Array, count, isSigned(encoding.dtype)) : (tensor.data as Codes);
  const values = new Float32Array(count);
  visitGroups(tensor.shape, encoding, (index, start, count, stride) => {
    const scale = Math.fround(encoding.scale[index]!);
    const zeroPoint = encoding.zeroPoint[index]!;
    for (let position = start, end = start + count * stride; position < end; position += stride) {
      values[position] = Math.fround(codes[position]! - zeroPoint) * scale;
    }
  });
  return { dtype: "float32", shape: tensor.shape, data: values };
}

function newCodes(dtype: IntegerDtype, length: number): Codes {
  switch (dtype) {
    case "int4":
    case "int8":
      return new Int8Array(length);
    case "uint4":
    case "uint8":
      return new Uint8Array(length);
    case "int16":
      return new Int16Array(length);
    case "uint16":
      return new Uint16Array(length);
    case "int32":
      return new Int32Array(length);
  }
}

function checkScales(shape: readonly number[], encoding: AffineEncoding): void {
  const expected = scaleCount(shape, encoding);
  if (encoding.scale.length === expected && encoding.zeroPoint.length === expected) return;
  throw new QuantError(
    "invalid-config",
    `An encoding of a tensor of shape [${shape.join(", ")}] needs ${expected} scales and zero points; it has ${encoding.scale.length} and ${encoding.zeroPoint.length}.`,
    { details: { field: "scale", expected, shape } },
  );
}
