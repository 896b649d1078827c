import type { AffineEncoding, IntegerDtype } from "../spec/index.ts";

export const containerBits: Readonly<Record<IntegerDtype, number>> = { int4: 4, uint4: 4, int8: 8, uint8: 8, int16: 16, uint16: 16, int32: 32 };

export function isSigned(dtype: IntegerDtype): boolean {
  return !dtype.startsWith("u");
}

/** The smallest and largest legal code: those of the container, or of the narrower grid that lives in it. */
export function codeRange({ dtype, bits = containerBits[dtype] }: Pick<AffineEncoding, "dtype" | "bits">): { readonly min: number; readonly max: number } {
  return isSigned(dtype) ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 };
}
