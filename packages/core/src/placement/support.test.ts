import { describe, expect, test } from "vitest";
import { int, string } from "../ir/index.ts";
import type { AffineEncoding, NodeView } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { fixtureTarget } from "./fixtures/target.ts";
import { tableTarget } from "./support.ts";

const target = tableTarget({
  ...fixtureTarget,
  operators: {
    ...fixtureTarget.operators,
    Gemm: { ...fixtureTarget.operators["Gemm"]!, perChannelWeights: false },
    Resize: { ...fixtureTarget.operators["MaxPool"]!, where: { mode: "nearest" } },
    Conv: { ...fixtureTarget.operators["Conv"]!, weights: ["uint8", "int8"], weightBits: { int8: 7 } },
  },
});

const activation: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.1], zeroPoint: [3] };
const weight: AffineEncoding = { kind: "affine", dtype: "int8", bits: 7, scale: [0.1, 0.2, 0.3, 0.4], zeroPoint: [0, 0, 0, 0], axis: 0 };
const bias: AffineEncoding = { kind: "affine", dtype: "int32", scale: [0.01], zeroPoint: [0] };

function node(op: string): NodeView {
  return graph.nodes.find((each) => each.op === op)!;
}

const { graph } = buildModel({ inputs: { x: [1, 3, 8, 8], a: [1, 3], c: [3, 3] } }, (b, { x, a, c }) => ({
  conv: b.op("Conv", [x, b.random([4, 3, 3, 3], "w"), b.random([4], "bias")]),
  gemm: b.op("Gemm", [a, b.random([4, 3], "wg")], { transB: int(1) }),
  product: b.op("MatMul", [a, c]),
  sum: b.op("Add", [x, x]),
  resized: b.op("Resize", [x, undefined, b.constant([1, 1, 2, 2])], { mode: string("linear") }),
  root: b.op("Sqrt", [x]),
}));

describe("tableTarget", () => {
  test("accepts what the table lists", () => {
    for (const [op, tensor, encoding] of [
      ["Conv", "x", activation],
      ["Conv", "conv", activation],
      ["Conv", "w", weight],
      ["Conv", "w", { ...weight, dtype: "uint8", bits: 8, zeroPoint: [128, 128, 128, 128] }],
      ["Conv", "bias", bias],
      ["Gemm", "wg", { ...activation, dtype: "int8" }],
      ["MatMul", "c", activation],
      ["Add", "x", activation],
    ] as const) {
      expect(target.supports(node(op), tensor, encoding), `${op} ${tensor}`).toEqual({ ok: true });
    }
  });

  test.each([
    ["Conv", "x", { ...activation, dtype: "int16" as const }, /int16 activations/],
    ["Conv", "x", { ...weight, dtype: "uint8" as const, axis: 1 }, /one scale per tensor/],
    ["Conv", "w", { ...weight, bits: 8 }, /wider than 7 bits overflow/],
    ["Conv", "w", { ...activation, dtype: "int8" as const }, /wider than 7 bits overflow/],
    ["Conv", "w", { ...weight, axis: 1 }, /axis 0/],
    ["Conv", "w", { ...weight, block: 8 }, /per block/],
    ["Conv", "w", { ...weight, dtype: "int4" as const, bits: 4 }, /int4 weights/],
    ["Conv", "bias", activation, /int32/],
    ["Gemm", "wg", { ...weight, axis: 0 }, /one scale per tensor/],
    ["Resize", "x", activation, /only with mode = nearest/],
    ["Sqrt", "x", activation, /Sqrt has no integer kernel on fixture/],
    ["Add", "w", activation, /no tensor of/],
  ])("refuses %s %s with a reason", (op, tensor, encoding, reason) => {
    expect(target.supports(node(op), tensor, encoding)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });
});
