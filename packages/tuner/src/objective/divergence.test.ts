import { seededRandom, type Tensor } from "@halftone/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { klDivergence } from "./divergence.ts";
import { meanDivergence } from "./fixtures/mean-divergence.ts";

const tensorOf = (shape: readonly number[], values: ArrayLike<number>): Tensor => ({ dtype: "float32", shape, data: Float32Array.from(values) });
const randomOf = (shape: readonly number[], seed: number): Tensor => {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  return tensorOf(
    shape,
    Array.from({ length: count }, () => 8 * random() - 4),
  );
};

function measured(float: readonly Tensor[], quantized: readonly Tensor[]): number {
  const accumulator = klDivergence(float).create();
  for (const [index, output] of quantized.entries()) accumulator.update({ scores: output, other: tensorOf([1], [7]) }, index);
  return 0 - accumulator.result();
}

/** To 50 digits by decimal arithmetic, from values that float32 holds exactly. */
const [first, second] = [0.03454858971092107, 0.08748261556188486];

test("is what decimal arithmetic says, its mean over rows", () => {
  const float = [tensorOf([1, 4], [1.5, -0.25, 3, 0]), tensorOf([1, 4], [1.5, -0.25, 3, 0])];
  expect(measured(float, [tensorOf([1, 4], [1, 0.5, 2.75, -1]), float[1]!])).toBeCloseTo(first / 2, 14);
  expect(measured([tensorOf([2, 3], [0, 2, 4, 0, 2, 4])], [tensorOf([2, 3], [0.5, 2, 3, 0.5, 2, 3])])).toBeCloseTo(second, 14);
});

test.each([[[3, 5], 1] as const, [[2, 4, 6], 2] as const, [[2, 5, 3, 4], 1] as const, [[1, 3, 2, 2, 2], 1] as const])(
  "of outputs %j is per position, over the classes in dimension %i",
  (shape, axis) => {
    const [float, quantized] = [0, 1].map((seed) => [0, 1, 2].map((sample) => randomOf(shape, 10 * seed + sample)));
    const expected = meanDivergence(float!, quantized!, axis);
    expect(measured(float!, quantized!) / expected).toBeCloseTo(1, 11);
    expect(expected).toBeGreaterThan(0.1);
  },
);

test("is 0 for equals, positive for others, and does not change with what softmax ignores", () => {
  const logits = fc.array(fc.float({ min: -60, max: 60, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(logits, logits, (left, right) => {
      const [float, quantized] = [tensorOf([1, 4], left), tensorOf([1, 4], right)];
      expect(measured([float], [float])).toBe(0);
      expect(measured([float], [quantized])).toBeGreaterThanOrEqual(0);
    }),
  );
  const [near, far] = [0, 1000].map((shift) => measured([tensorOf([1, 3], [0, 2, 4])], [tensorOf([1, 3], [shift + 0.5, shift + 2, shift + 3])]));
  expect(far).toBeCloseTo(near!, 12);
});

describe("probabilities", () => {
  const float = tensorOf([1, 3], [0.5, 0.25, 0.25]);

  test("are taken as they are", () => {
    expect(measured([float], [tensorOf([1, 3], [0.25, 0.25, 0.5])])).toBeCloseTo(0.25 * Math.log(2), 14);
    expect(measured([tensorOf([1, 2], [1, 0])], [tensorOf([1, 2], [0.5, 0.5])])).toBeCloseTo(Math.log(2), 5);
  });

  test("that a grid rounds to 0, or to another sum than 1, have a divergence all the same", () => {
    expect(measured([float], [tensorOf([1, 3], [1, 0.5, 0.5])])).toBeCloseTo(0, 14);
    const lost = measured([float], [tensorOf([1, 3], [0.5, 0.5, 0])]);
    expect(lost).toBeCloseTo(0.25 * Math.log(1 / 2) + 0.25 * Math.log(0.25 / 2 ** -24), 5);
    expect(measured([tensorOf([1, 3], [1, 0, 0])], [tensorOf([1, 3], [1, 0, 0])])).toBe(0);
  });

  test("are so in all answers of the float model, or these are logits", () => {
    const logits = tensorOf([1, 3], [0, 2, 4]);
    expect(measured([float, logits], [tensorOf([1, 3], [0.25, 0.25, 0.5])])).toBeCloseTo(meanDivergence([float], [tensorOf([1, 3], [0.25, 0.25, 0.5])], 1), 12);
  });
});

test("answers that are no numbers have no divergence that is one", () => {
  expect(measured([tensorOf([1, 2], [0, 1])], [tensorOf([1, 2], [0, Number.NaN])])).toBeNaN();
});

test.each<[string, Tensor]>([
  ["of one dimension", tensorOf([3], [1, 2, 3])],
  ["of one class", tensorOf([3, 1], [1, 2, 3])],
  ["of integers", { dtype: "int32", shape: [1, 3], data: Int32Array.of(1, 2, 3) }],
])("answers %s are refused", (_, answer) => {
  const refusal = expect.objectContaining({ code: "invalid-data", details: { field: "metrics" } });
  expect(() => klDivergence([answer])).toThrow(refusal);
  expect(() => measured([tensorOf([1, 3], [1, 2, 3])], [answer])).toThrow(refusal);
});

test("a sample without an answer of the float model is refused", () => {
  const answer = tensorOf([1, 3], [1, 2, 3]);
  expect(() => measured([answer], [answer, answer])).toThrow(expect.objectContaining({ code: "invalid-data" }));
});
