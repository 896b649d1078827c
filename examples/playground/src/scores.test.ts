import { expect, test } from "vitest";
import { bestClasses } from "./scores.ts";

test("the best classes of the first row, best first, the lower index on a tie", () => {
  const scores = { dtype: "float32", shape: [2, 4], data: Float32Array.of(1, 3, -2, 3, 9, 9, 9, 9) } as const;
  expect(bestClasses(scores, 3)).toEqual([
    { index: 1, score: 3 },
    { index: 3, score: 3 },
    { index: 0, score: 1 },
  ]);
  expect(bestClasses(undefined, 3)).toEqual([]);
});
