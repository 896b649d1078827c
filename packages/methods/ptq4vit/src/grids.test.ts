import { type Encoding, fakeQuantize, type IntegerDtype } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { activationGrid, uniformGrid } from "./grids.ts";

const container = (bits: number, dtype: IntegerDtype = "uint8") => ({ dtype, bits, scheme: "asymmetric" as const });

function onGrid(values: readonly number[], encoding: Encoding): readonly number[] {
  return [...(fakeQuantize({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) }, encoding).data as Float32Array)];
}

/** Many more values of [from, to] than there are codes. */
const dense = (from: number, to: number): readonly number[] => Array.from({ length: 20_001 }, (_, index) => from + ((to - from) * index) / 20_000);

describe("a uniform grid", () => {
  it("starts with max|x| / (2^(k-1) - 0.5)", () => {
    expect(uniformGrid(1, container(8)).scale).toEqual([Math.fround(1 / 127.5)]);
    expect(uniformGrid(1, container(6)).scale).toEqual([Math.fround(1 / 31.5)]);
  });

  it("has zero in the middle, whatever the type", () => {
    expect(uniformGrid(1, container(6))).toMatchObject({ dtype: "uint8", bits: 6, zeroPoint: [32] });
    expect(uniformGrid(1, container(6, "int8"))).toMatchObject({ dtype: "int8", bits: 6, zeroPoint: [0] });
    expect(onGrid(dense(-2, 2), uniformGrid(1, container(6)))).toEqual(onGrid(dense(-2, 2), uniformGrid(1, container(6, "int8"))));
  });

  it("has steps that are powers of two where they are asked for", () => {
    expect(uniformGrid(1, { ...container(8), scheme: "power-of-two" }).scale).toEqual([1 / 64]);
  });
});

describe.each([8, 6, 4])("grids behind an activation, %i bits", (bits) => {
  it.each(["uint8", "int8"] as const)("keep the one below zero while the step above is searched (%s)", (dtype) => {
    const range = { largest: 3, minimum: -0.375 };
    const [whole, part] = [activationGrid(range, 1, container(bits, dtype)), activationGrid(range, 0.5, container(bits, dtype))];
    expect(part.low).toEqual(whole.low);
    expect(whole.high.scale).toEqual([Math.fround(3 / (2 ** (bits - 1) - 0.5))]);
    expect(part.high.scale).toEqual([Math.fround(whole.high.scale[0]! / 2)]);
  });
});
