import { describe, expect, it } from "vitest";
import { type HalfMoments, leastSquaresChange } from "./least-squares-change.ts";
import { seededRandom } from "./random.ts";
import { secondMoments } from "./second-moments.ts";

const [depth, columns] = [6, 3];
const sizes = { depth, columns, rest: async () => {} };

interface Data {
  /** What the product reads: [rows, depth]. */
  readonly read: Float64Array;
  /** What its answer lacks: [rows, columns]. */
  readonly missing: Float64Array;
}

/** Elements of clean data that noise of this size disturbs; what is missing is what the weight makes of the difference. */
function disturbed(rows: number, noise: number, seed: number): Data {
  const random = seededRandom(seed);
  const uniform = (count: number): Float64Array => Float64Array.from({ length: count }, () => random() * 2 - 1);
  const weight = ((fixed) => Float64Array.from({ length: depth * columns }, () => fixed() * 2 - 1))(seededRandom(99));
  const clean = uniform(rows * depth);
  const added = uniform(rows * depth).map((value) => noise * value);
  const missing = Float64Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    let sum = 0;
    for (let each = 0; each < depth; each++) sum -= added[row * depth + each]! * weight[each * columns + column]!;
    return sum;
  });
  return { read: clean.map((value, index) => value + added[index]!), missing };
}

/** Of one half, counted in one way. */
function momentsOf({ read, missing }: Data): readonly [HalfMoments] {
  const rows = read.length / depth;
  const product = (right: Float64Array, width: number): Float32Array =>
    Float32Array.from({ length: depth * width }, (_, index) => {
      const [element, column] = [Math.floor(index / width), index % width];
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += read[row * depth + element]! * right[row * width + column]!;
      return sum;
    });
  return [{ second: secondMoments(product(read, depth), depth), missing: product(missing, columns) }];
}

/** Squared error that is left with the change. */
function left({ read, missing }: Data, change: Float64Array | undefined): number {
  return missing.reduce((total, value, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    let sum = value;
    if (change) for (let each = 0; each < depth; each++) sum -= read[row * depth + each]! * change[each * columns + column]!;
    return total + sum * sum;
  }, 0);
}

describe("leastSquaresChange", () => {
  it("finds a linear relation whole, but for what damping takes", async () => {
    const random = seededRandom(5);
    const relation = Float64Array.from({ length: depth * columns }, () => random() * 2 - 1);
    const halves = [1, 2].map((seed) => {
      const { read } = disturbed(40, 0, seed);
      const rows = read.length / depth;
      const missing = Float64Array.from({ length: rows * columns }, (_, index) => {
        const [row, column] = [Math.floor(index / columns), index % columns];
        let sum = 0;
        for (let each = 0; each < depth; each++) sum += read[row * depth + each]! * relation[each * columns + column]!;
        return sum;
      });
      return momentsOf({ read, missing });
    });
    const change = (await leastSquaresChange(halves, sizes))!;
    // Ridge of 0.01 of the mean diagonal: a hundredth of it is lost, more where fewer rows point that way.
    for (const [index, value] of change.entries()) expect(Math.abs(value - relation[index]!)).toBeLessThan(0.05);
  });

  it("helps on data that was not seen, and no less than half of what is possible", async () => {
    const change = await leastSquaresChange([momentsOf(disturbed(100, 1, 1)), momentsOf(disturbed(100, 1, 2))], sizes);
    const fresh = disturbed(4000, 1, 3);
    // Clean and noise are alike: half of what is read tells of the noise, so that half of the error can go.
    expect(left(fresh, change) / left(fresh, undefined)).toBeLessThan(0.6);
  });

  it("believes little of few rows", async () => {
    let [trusted, all] = [0, 0];
    for (let seed = 1; seed <= 20; seed++) {
      const halves = [disturbed(4, 0.3, 2 * seed), disturbed(4, 0.3, 2 * seed + 1)];
      const fresh = disturbed(400, 0.3, 1000 + seed);
      trusted += left(fresh, await leastSquaresChange(halves.map(momentsOf), sizes));
      all += left(fresh, undefined);
    }
    expect(trusted / all).toBeLessThan(1.1);
  });

  it("takes moments of another counting where they say more of the other half", async () => {
    // Of the rows that count few are seen, and many of those that count little.
    const fresh = disturbed(4000, 1, 9);
    const few = [1, 2].map((seed) => momentsOf(disturbed(4, 1, seed)));
    const both = few.map(([own], index) => [own, momentsOf(disturbed(400, 1, 3 + index))[0]]);
    expect(left(fresh, await leastSquaresChange(both, sizes))).toBeLessThan(0.9 * left(fresh, await leastSquaresChange(few, sizes)));
  });

  it.each([
    ["one half", [momentsOf(disturbed(20, 1, 1))]],
    ["nothing missing", [1, 2].map((seed) => [{ ...momentsOf(disturbed(20, 1, seed))[0], missing: new Float32Array(depth * columns) }])],
    [
      "halves that contradict each other",
      [1, -1].map((sign) => momentsOf(disturbed(20, 1, 1)).map((half) => ({ ...half, missing: half.missing.map((value) => sign * value) }))),
    ],
    [
      "moments that are no numbers",
      [1, 2].map(() => [{ second: secondMoments(new Float32Array(depth * depth).fill(Number.NaN), depth), missing: new Float32Array(depth * columns) }]),
    ],
  ])("changes nothing with %s", async (_, halves) => {
    expect(await leastSquaresChange(halves, sizes)).toBeUndefined();
  });
});
