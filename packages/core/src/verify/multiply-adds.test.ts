import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { int, ints, string } from "../ir/index.ts";
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

test("counts what recurrent layers and Einsum multiply, which stay in float", async () => {
  const model = buildModel({ inputs: { x: [5, 2, 3], q: [2, 4, 5, 6], k: [2, 4, 7, 6] } }, (b, { x, q, k }) => ({
    lstm: b.op("LSTM", [x, b.random([2, 16, 3]), b.random([2, 16, 4])], { hidden_size: int(4), direction: string("bidirectional") }, "lstm"),
    gru: b.op("GRU", [x, b.random([1, 12, 3]), b.random([1, 12, 4])], { hidden_size: int(4) }, "gru"),
    scores: b.op("Einsum", [q, k], { equation: string("bhid, bhjd -> bhij") }, "scores"),
    rows: b.op("Einsum", [q, b.random([6, 3])], { equation: string("...d,de->...e") }, "rows"),
    implicit: b.op("Einsum", [b.op("Flatten", [x]), b.random([6, 2])], { equation: string("ij,jk") }, "implicit"),
    moved: b.op("Einsum", [q], { equation: string("bhid->bhdi") }, "moved"),
  }));
  const feeds = Object.fromEntries(
    model.graph.inputs.map(({ name, shape }) => {
      const sizes = shape as readonly number[];
      return [name, { dtype: "float32" as const, shape: sizes, data: new Float32Array(sizes.reduce((product, size) => product * size)) }];
    }),
  );
  const { observedShapes } = await normalize(model, { backend: nodeBackend(), feeds });
  const total = 5 * 2 * 2 * 16 * (3 + 4) + 5 * 2 * 12 * (3 + 4) + 2 * 4 * 5 * 7 * 6 + 2 * 4 * 5 * 3 * 6 + 5 * 6 * 2;
  expect(multiplyAdds(model.graph, observedShapes, { lstm: float, gru: float, scores: float, rows: float, implicit: float, moved: float })).toEqual({
    integer: 0,
    total,
  });
});

test("where nothing is multiplied there is no share", () => {
  const model = buildModel({ inputs: { x: [1, 4] } }, (b, { x }) => ({ y: b.op("Relu", [x]) }));
  expect(multiplyAdds(model.graph, new Map(), {})).toBeUndefined();
});
