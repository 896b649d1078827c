import { codeRange, containerBits, isSigned, packNibbles } from "../numerics/index.ts";
import { type AffineEncoding, QuantError, type Tensor } from "../spec/index.ts";

/**
 * Codes of a weight as a plan writes them: base64 of one int8 or uint8 per element, row-major.
 *
 * @throws `invalid-config` naming the field when they are not as many as the weight has elements, or not legal for its encoding.
 */
export function decodeCodes(name: string, text: string, shape: readonly number[], encoding: AffineEncoding): Tensor {
  const field = `codes.${name}`;
  const bytes = bytesOf(text, field);
  const count = shape.reduce((product, size) => product * size, 1);
  if (containerBits[encoding.dtype] > 8) throw invalid(field, `codes of ${encoding.dtype} cannot be stored`);
  if (bytes.length !== count) throw invalid(field, `the weight has ${count} elements, not ${bytes.length}`);
  const codes = isSigned(encoding.dtype) ? new Int8Array(bytes.buffer) : bytes;
  const { min, max } = codeRange(encoding);
  const outside = codes.find((code) => code < min || code > max);
  if (outside !== undefined) throw invalid(field, `code ${outside} is not in [${min}, ${max}]`);
  return { dtype: encoding.dtype, shape, data: containerBits[encoding.dtype] === 4 ? packNibbles(codes) : codes };
}

/** As `decodeCodes` reads it. `codes` holds one code per element, also where two of them will share a byte. */
export function encodeCodes(codes: Int8Array | Uint8Array): string {
  const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.length);
  let text = "";
  // In parts: an argument list has a limited length.
  for (let start = 0; start < bytes.length; start += 4096) text += String.fromCharCode(...bytes.subarray(start, start + 4096));
  return btoa(text);
}

function bytesOf(text: string, field: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw invalid(field, "not base64");
  }
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Plan field ${field}: ${problem}.`, { details: { field } });
}
