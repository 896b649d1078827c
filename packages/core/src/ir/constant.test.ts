import { describe, expect, it } from "vitest";
import type { Dtype } from "../spec/index.ts";
import { byteLength, bytesOfTensor, constantFromBytes, constantFromStrings, constantFromTensor, tensorFromBytes } from "./index.ts";

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);

describe("tensors from bytes", () => {
  const arrays: readonly (readonly [Dtype, new (data: ArrayBuffer) => ArrayLike<unknown>])[] = [
    ["float32", Float32Array],
    ["float64", Float64Array],
    ["int64", BigInt64Array],
    ["uint64", BigUint64Array],
    ["int32", Int32Array],
    ["uint32", Uint32Array],
    ["int16", Int16Array],
    ["uint16", Uint16Array],
    ["int8", Int8Array],
    ["uint8", Uint8Array],
    ["float16", Uint16Array],
    ["bfloat16", Uint16Array],
    ["bool", Uint8Array],
    ["int4", Uint8Array],
    ["float8e4m3fn", Uint8Array],
    ["complex128", Uint8Array],
  ];
  it.each(arrays)("%s", (dtype, array) => {
    const { data } = tensorFromBytes(dtype, [16], bytes);
    expect(data).toEqual(new array(bytes.buffer));
    expect((data as Uint8Array).buffer).toBe(bytes.buffer);
    expect(bytesOfTensor({ dtype, shape: [16], data })).toEqual(bytes);
  });

  it("copy only where the bytes are not aligned", () => {
    const shifted = new Uint8Array(17);
    shifted.set(bytes, 1);
    const { data } = tensorFromBytes("float32", [4], shifted.subarray(1));
    expect(data).toEqual(new Float32Array(bytes.buffer));
    expect((data as Float32Array).buffer).not.toBe(shifted.buffer);
  });

  it("count narrow types in whole bytes", () => {
    const lengths = (["int4", "uint4", "float4e2m1", "int2", "uint2", "int8", "float16", "complex128"] as const).map((dtype) => byteLength(dtype, [3, 3]));
    expect(lengths).toEqual([5, 5, 5, 3, 3, 9, 18, 144]);
    expect([byteLength("float32", []), byteLength("float32", [3, 0])]).toEqual([4, 0]);
  });

  it("have no bytes when they are strings", () => {
    const refusal = expect.objectContaining({ code: "internal" });
    expect(() => byteLength("string", [1])).toThrow(refusal);
    expect(() => bytesOfTensor({ dtype: "string", shape: [1], data: ["a"] })).toThrow(refusal);
  });
});

describe("constants", () => {
  it("are decoded once", () => {
    const constant = constantFromBytes("float32", [4], bytes, "origin");
    expect(constant.tensor()).toBe(constant.tensor());
    expect([constant.bytes, constant.origin]).toEqual([bytes, "origin"]);
  });

  it("share the numbers they are made from", () => {
    const data = Float32Array.of(1, 2);
    const constant = constantFromTensor({ dtype: "float32", shape: [2], data });
    expect([constant.bytes.buffer, constant.tensor().data]).toEqual([data.buffer, data]);
  });

  it("hold strings as text, from either side", () => {
    const read = constantFromStrings([2], [new TextEncoder().encode("ä"), Uint8Array.of(0xef, 0xbb, 0xbf)]);
    expect([read.tensor().data, read.bytes.byteLength]).toEqual([["ä", "\uFEFF"], 0]);
    expect(constantFromTensor({ dtype: "string", shape: [1], data: ["ä"] }).bytes.byteLength).toBe(0);
  });
});
