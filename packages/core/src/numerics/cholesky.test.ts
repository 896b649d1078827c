import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, solveInPlace } from "./cholesky.ts";
import { seededRandom } from "./random.ts";

/** A A^T + ridge I of a random A, row-major [n, n]. */
function positiveDefinite(n: number, rank: number, ridge: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const factor = Float64Array.from({ length: n * rank }, () => random() * 2 - 1);
  return Float64Array.from({ length: n * n }, (_, index) => {
    const [row, column] = [Math.floor(index / n), index % n];
    let sum = row === column ? ridge : 0;
    for (let each = 0; each < rank; each++) sum += factor[row * rank + each]! * factor[column * rank + each]!;
    return sum;
  });
}

describe("cholesky", () => {
  it("answers the lower triangle L with L L^T = H", () => {
    const property = fc.property(
      fc.record({ n: fc.integer({ min: 1, max: 40 }), rank: fc.integer({ min: 1, max: 80 }), ridge: fc.constantFrom(0.01, 0.1, 1), seed: fc.nat(1e6) }),
      ({ n, rank, ridge, seed }) => {
        const matrix = positiveDefinite(n, rank, ridge, seed);
        const lower = cholesky(matrix, n)!;
        expect(lower).toHaveLength(n * n);
        // Entries are sums of at most n products that are together no larger than the diagonal.
        const tolerance = (rank + ridge) * n * 2 ** -52 * 4;
        for (let row = 0; row < n; row++) {
          expect(lower[row * n + row]).toBeGreaterThan(0);
          for (let column = 0; column < n; column++) {
            if (row < column) expect(lower[row * n + column]).toBe(0);
            let sum = 0;
            for (let each = 0; each < n; each++) sum += lower[row * n + each]! * lower[column * n + each]!;
            if (Math.abs(sum - matrix[row * n + column]!) > tolerance) expect.fail(`[${row}, ${column}] is ${sum}`);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  it("leaves the matrix as it is", () => {
    const matrix = positiveDefinite(6, 6, 0.1, 3);
    const before = Float64Array.from(matrix);
    cholesky(matrix, 6);
    expect(matrix).toEqual(before);
  });

  it.each([
    ["zero", [0, 0, 0, 0]],
    ["singular", [1, 1, 1, 1]],
    ["indefinite", [1, 2, 2, 1]],
    ["negative", [-1, 0, 0, -1]],
    ["not a number", [1, Number.NaN, Number.NaN, 1]],
  ])("has no answer for a matrix that is %s", (_, matrix) => {
    expect(cholesky(Float64Array.from(matrix), 2)).toBeUndefined();
  });
});

describe("solveInPlace", () => {
  it("answers X with H X = B", () => {
    const sizes = { n: fc.integer({ min: 1, max: 30 }), columns: fc.integer({ min: 1, max: 5 }), ridge: fc.constantFrom(0.01, 1), seed: fc.nat(1e6) };
    const property = fc.property(fc.record(sizes), ({ n, columns, ridge, seed }) => {
      const matrix = positiveDefinite(n, n, ridge, seed);
      const random = seededRandom(seed + 1);
      const rightSide = Float64Array.from({ length: n * columns }, () => random() * 2 - 1);
      const solved = Float64Array.from(rightSide);
      solveInPlace(cholesky(matrix, n)!, n, solved, columns);
      const tolerance = ((n * n) / ridge + 1) * n * 2 ** -52 * 16;
      rightSide.forEach((expected, index) => {
        const [row, column] = [Math.floor(index / columns), index % columns];
        let sum = 0;
        for (let each = 0; each < n; each++) sum += matrix[row * n + each]! * solved[each * columns + column]!;
        if (Math.abs(sum - expected) > tolerance) expect.fail(`[${row}, ${column}] is ${sum} instead of ${expected}`);
      });
    });
    fc.assert(property, { numRuns: 100 });
  });
});
