import { describe, expect, test } from "vitest";
import { parseNpy } from "./npy.ts";

/** Written by NumPy 2.4.6; the padding of the headers is cut out and put back here. */
function npy(header: string, elements: readonly number[], version = 1): Uint8Array {
  const length = 118 - (version > 1 ? 2 : 0);
  const text = new TextEncoder().encode(`${header.padEnd(length - 1)}\n`);
  const prefix = version > 1 ? [version, 0, length, 0, 0, 0] : [version, 0, length, 0];
  return new Uint8Array([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, ...prefix, ...text, ...elements]);
}

const header = (descr: string, shape: string, order = "False") => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("parseNpy", () => {
  test("float32, row-major, as a view", () => {
    const bytes = npy(header("'<f4'", "(2, 3)"), [0, 0, 192, 63, 0, 0, 0, 192, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64, 0, 0, 192, 64]);
    const tensor = parseNpy(bytes);
    expect(tensor).toEqual({ dtype: "float32", shape: [2, 3], data: new Float32Array([1.5, -2, 3, 4, 5, 6]) });
    expect((tensor.data as Float32Array).buffer).toBe(bytes.buffer);
  });

  test("elements that are not aligned are copied", () => {
    const bytes = npy(header("'<i4'", "(2,)"), [1, 0, 0, 0, 2, 0, 0, 0], 2);
    const shifted = new Uint8Array(bytes.byteLength + 1);
    shifted.set(bytes, 1);
    expect(parseNpy(shifted.subarray(1))).toEqual({ dtype: "int32", shape: [2], data: new Int32Array([1, 2]) });
  });

  test("Fortran order becomes row-major", () => {
    const order = [0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23];
    const elements = order.flatMap((value) => [value, 0, 0, 0, 0, 0, 0, 0]);
    const { shape, data } = parseNpy(npy(header("'<i8'", "(2, 3, 4)", "True"), elements));
    expect(shape).toEqual([2, 3, 4]);
    expect([...(data as BigInt64Array)].map(Number)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  test("big-endian, half floats, booleans and scalars", () => {
    expect(parseNpy(npy(header("'>i2'", "(3,)"), [0, 1, 1, 0, 255, 254])).data).toEqual(new Int16Array([1, 256, -2]));
    expect(parseNpy(npy(header("'<f2'", "(2,)"), [0, 60, 0, 56]))).toEqual({ dtype: "float16", shape: [2], data: new Uint16Array([0x3c00, 0x3800]) });
    expect(parseNpy(npy(header("'|b1'", "(2,)"), [1, 0])).dtype).toBe("bool");
    expect(parseNpy(npy(header("'|u1'", "()"), [7]))).toEqual({ dtype: "uint8", shape: [], data: new Uint8Array([7]) });
  });

  test.each([
    [new Uint8Array([1, 2, 3]), /does not begin/],
    [npy(header("'<f4'", "(2,)"), [0, 0, 0, 0]), /needs 8 bytes of elements, the file has 4/],
    [npy(header("'<f4'", "(1,)"), Array(8).fill(0)), /needs 4 bytes/],
    [npy(header("'<U2'", "(2,)"), []), /not plain numbers/],
    [npy(header("'|O'", "(2,)"), []), /not plain numbers/],
    [npy(header("[('a', '<i4')]", "(1,)"), [1, 0, 0, 0]), /not plain numbers/],
    [npy(header("'<f4'", "(99999999999999, 99999999999999)"), []), /its shape/],
    [npy("{}", []), /no shape/],
    [npy(header("'<f4'", "(1,)"), []).subarray(0, 60), /inside its header/],
  ])("refuses what it cannot read (%#)", (bytes, message) => {
    expect(() => parseNpy(bytes)).toThrow(expect.objectContaining({ name: "QuantError", code: "invalid-data", message: expect.stringMatching(message) }));
  });
});
