import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { int, ints } from "../ir/index.ts";
import { normalize } from "../normalize/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { multiplyAdds } from "./multiply-adds.ts";

const integer = { mode: "integer" } as const;
const float = { mode: "float", reason: "asked" } as const;

test("counts every product by hand's figures, for shapes that only a run tells", async () => {
  const model = buildModel({ inputs: { x: ["n", 4, 8, 8], tokens: ["n", 5, 6] } }, (b, { x, tokens }) => ({
    conv: b.op("Conv", [x, b.random([6, 2, 3, 3])], { group: int(2), pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) }, "grouped"),
    gemm: b.op("Gemm", [b.op("Flatten", [b.op("GlobalAveragePool", [x])]), b.random([7, 4])], { transB: int(1) }, "gemm"),
    linear: b.op("MatMul", [tokens, b.random([6, 3])], {}, "linear"),
    scores: b.op("MatMul", [tokens, b.op("Transpose", [tokens], { perm: ints([0, 2, 1]) })], {}, "scores"),
    up: b.op("ConvTranspose", [b.op("Relu", [x]), b.random([4, 3, 2, 2])], { strides: ints([2, 2]) }, "up"),
  }));
  const feeds = {
    x: { dtype: "float32" as const, shape: [2, 4, 8, 8], data: new Float32Array(512) },
    tokens: { dtype: "float32" as const, shape: [2, 5, 6], data: new Float32Array(60) },
  };
  const { observedShapes } = await normalize(model, { backend: nodeBackend(), feeds });
  const counts = {
    grouped: 2 * 6 * 4 * 4 * (2 * 3 * 3),
    gemm: 2 * 7 * 4,
    linear: 2 * 5 * 3 * 6,
    scores: 2 * 5 * 5 * 6,
    up: 2 * 4 * 8 * 8 * (3 * 2 * 2),
  };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const none = { grouped: float, gemm: float, linear: float, scores: float, up: float };
  expect(multiplyAdds(model.graph, observedShapes, none)).toEqual({ integer: 0, total });
  for (const [name, count] of Object.entries(counts)) {
    expect(multiplyAdds(model.graph, observedShapes, { ...none, [name]: integer }), name).toEqual({ integer: count, total });
  }
  expect(multiplyAdds(model.graph, new Map(), none)).toBeUndefined();
});

test("where nothing is multiplied there is no share", () => {
  const model = buildModel({ inputs: { x: [1, 4] } }, (b, { x }) => ({ y: b.op("Relu", [x]) }));
  expect(multiplyAdds(model.graph, new Map(), {})).toBeUndefined();
});
