import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestClasses, classScores, topK } from "./class-scores.ts";

describe("class scores", () => {
  it("finds what sorting finds, ties to the lower index", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (scores, count) => {
        const sorted = scores.map((score, index) => ({ score, index })).sort((left, right) => right.score - left.score || left.index - right.index);
        expect(bestClasses(Float32Array.from(scores), count)).toEqual(sorted.slice(0, count).map((entry) => entry.index));
      }),
    );
  });

  it("takes only what looks like scores", () => {
    const data = Float32Array.of(1, 2, 3, 4);
    expect(classScores({ dtype: "float32", shape: [2, 2], data })).toEqual([data.subarray(0, 2), data.subarray(2)]);
    expect(classScores({ dtype: "float32", shape: [1, 2, 2], data })).toEqual([]);
    expect(classScores({ dtype: "float32", shape: [4, 1], data })).toEqual([]);
  });

  it("counts rows over batches, not calls", () => {
    const metric = topK(2, [0, 1, 2]).create();
    metric.update({ y: { dtype: "float32", shape: [2, 3], data: Float32Array.of(3, 2, 1, 3, 1, 2) } }, 0);
    metric.update({ y: { dtype: "float32", shape: [1, 3], data: Float32Array.of(0, 5, 9) } }, 1);
    expect(metric.result()).toBeCloseTo(2 / 3, 12);
  });
});
