/** Two codes per byte, the first in the low nibble, as ONNX stores int4 and uint4. */
export function packNibbles(codes: ArrayLike<number>): Uint8Array {
  const packed = new Uint8Array(Math.ceil(codes.length / 2));
  for (let index = 0; index < codes.length; index++) packed[index >> 1]! |= (codes[index]! & 15) << ((index & 1) * 4);
  return packed;
}

export function unpackNibbles(packed: Uint8Array, count: number, signed: boolean): Int8Array {
  const codes = new Int8Array(count);
  for (let index = 0; index < count; index++) {
    const nibble = (packed[index >> 1]! >> ((index & 1) * 4)) & 15;
    codes[index] = signed && nibble > 7 ? nibble - 16 : nibble;
  }
  return codes;
}
