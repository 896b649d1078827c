import { expect, test } from "vitest";
import { type MeasuredLayer, speedTable } from "./speed-table.ts";

function measured(node: string, count: number, rows: number, float: number, left: number): MeasuredLayer {
  const layer = { node, kind: "linear" as const, operands: ["x"], weight: "w", output: node, groups: 1, padded: false };
  const search = { "squared-error": { left, right: float }, cosine: { left: float / 4, right: 2 * float } };
  return { layer, count, speed: { batch: 1, rows, depth: 2, columns: 3, float, search } };
}

test("ratios of each layer, and of all together by the time they take", () => {
  const lines = speedTable([measured("a", 1, 100, 50, 25), measured("b", 2, 150, 100, 100)]).split("\n");
  expect(lines[2]).toBe("| a | linear | 1 x 100 x 2 x 3 | 1 | 50 | 0.50 | 1.00 | 0.25 | 2.00 |");
  // Work 100 and 300: float takes 2 + 3, the search of the left side 4 + 3.
  expect(lines[4]).toBe("| all |  |  |  | 80 | 0.71 | 1.00 | 0.25 | 2.00 |");
});
