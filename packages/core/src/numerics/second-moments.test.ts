import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "./random.ts";
import { secondMoments } from "./second-moments.ts";

/** X^T X of some rows. */
function momentsOf(rows: number, depth: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const data = Array.from({ length: rows }, () => Array.from({ length: depth }, (_, element) => (element + 1) * (random() * 2 - 1)));
  return Float32Array.from({ length: depth * depth }, (_, index) => data.reduce((sum, row) => sum + row[Math.floor(index / depth)]! * row[index % depth]!, 0));
}

describe("a factor of second moments", () => {
  it("has elements of large moments first, and gives the damped moments back", () => {
    const cases = fc.record({
      depth: fc.integer({ min: 1, max: 20 }),
      rows: fc.integer({ min: 1, max: 30 }),
      damping: fc.constantFrom(0.01, 1, 10),
      seed: fc.nat(1e6),
    });
    const property = fc.property(cases, ({ depth, rows, damping, seed }) => {
      const values = momentsOf(rows, depth, seed);
      const { order, lower } = secondMoments(values, depth).factor(damping)!;
      const sizes = order.map((element) => values[element * (depth + 1)]!);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      const diagonal = sizes.reduce((sum, size) => sum + size, 0);
      for (let row = 0; row < depth; row++) {
        for (let column = 0; column <= row; column++) {
          let product = 0;
          for (let each = 0; each <= column; each++) product += lower[row * depth + each]! * lower[column * depth + each]!;
          const [first, second] = [order[depth - 1 - row]!, order[depth - 1 - column]!];
          const expected = values[first * depth + second]! + (first === second ? (damping * diagonal) / depth : 0);
          // No entry is larger than the diagonal's sum, damping included.
          if (Math.abs(product - expected) > diagonal * (1 + damping) * depth * 2 ** -50) expect.fail(`[${row}, ${column}] is ${product}, not ${expected}`);
        }
      }
    });
    fc.assert(property, { numRuns: 100 });
  });

  it("is made once for each damping", () => {
    const moments = secondMoments(momentsOf(10, 4, 1), 4);
    expect(moments.factor(0.1)).toBe(moments.factor(0.1));
    expect(moments.factor(0.1)!.lower).not.toEqual(moments.factor(1)!.lower);
  });

  it.each([
    ["nothing is left beside the damping", momentsOf(10, 4, 1), Number.POSITIVE_INFINITY],
    ["moments are not positive definite", Float32Array.from({ length: 16 }, (_, index) => (index % 5 === 0 ? 1 : 3)), 0.01],
    ["moments are no numbers", new Float32Array(16).fill(Number.NaN), 0.01],
  ])("is not there where %s", (_, values, damping) => {
    expect(secondMoments(values, 4).factor(damping)).toBeUndefined();
  });
});
