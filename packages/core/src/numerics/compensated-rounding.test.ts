import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompensatedRounding, compensatedRounding } from "./compensated-rounding.ts";
import { seededRandom } from "./random.ts";
import { roundHalfEven } from "./rounding.ts";
import { secondMoments } from "./second-moments.ts";

const codes = { min: -4, max: 3 };

function problem(depth: number, columns: number, moments: Float32Array, seed = 1): CompensatedRounding {
  const random = seededRandom(seed);
  const weight = Float32Array.from({ length: depth * columns }, () => random() * 2 - 1);
  const scales = Array.from({ length: columns }, () => 0.2 + 0.2 * random());
  const zeroPoints = Array.from({ length: columns }, () => Math.floor(random() * 3) - 1);
  return {
    weight,
    depth,
    columns,
    scaleOf: (position) => scales[position % columns]!,
    zeroPointOf: (position) => zeroPoints[position % columns]!,
    codes,
    moments: secondMoments(moments, depth),
  };
}

const nearest = ({ weight, scaleOf, zeroPointOf }: CompensatedRounding): number[] =>
  Array.from(weight, (value, position) => Math.min(Math.max(roundHalfEven(value / scaleOf(position)) + zeroPointOf(position), codes.min), codes.max));

function diagonal(entries: readonly number[]): Float32Array {
  const n = entries.length;
  return Float32Array.from({ length: n * n }, (_, index) => (index % (n + 1) === 0 ? entries[index / (n + 1)]! : 0));
}

/** X^T X of random rows that share a common part, so that elements can make up for each other. */
function correlated(depth: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 3 * depth }, () => {
    const common = random() * 2 - 1;
    return Array.from({ length: depth }, () => 2 * common + random() * 2 - 1);
  });
  return Float32Array.from({ length: depth * depth }, (_, index) => {
    const [first, second] = [Math.floor(index / depth), index % depth];
    return rows.reduce((sum, row) => sum + row[first]! * row[second]!, 0);
  });
}

/** e^T H e, summed over the columns. */
function outputError({ weight, depth, columns, scaleOf, zeroPointOf, moments }: CompensatedRounding, rounded: ArrayLike<number>): number {
  const errors = Array.from(weight, (value, position) => (rounded[position]! - zeroPointOf(position)) * scaleOf(position) - value);
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    for (let first = 0; first < depth; first++) {
      for (let second = 0; second < depth; second++)
        sum += errors[first * columns + column]! * moments.values[first * depth + second]! * errors[second * columns + column]!;
    }
  }
  return sum;
}

describe("compensatedRounding", () => {
  it("rounds to the nearest where elements do not meet: diagonal moments of any order and size", () => {
    const property = fc.property(fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 12 }), fc.nat(1e6), (entries, seed) => {
      const given = problem(entries.length, 3, diagonal(entries), seed);
      expect([...compensatedRounding(given).codes]).toEqual(nearest(given));
    });
    fc.assert(property);
  });

  it.each([
    ["nothing was seen", new Float32Array(16)],
    ["moments are not positive definite", Float32Array.from({ length: 16 }, (_, index) => (index % 5 === 0 ? 1 : 3))],
    ["moments are no numbers", new Float32Array(16).fill(Number.NaN)],
  ])("rounds to the nearest where %s", (_, moments) => {
    const given = problem(4, 2, moments);
    expect([...compensatedRounding(given).codes]).toEqual(nearest(given));
  });

  it("hands the error of an element on to those that are still open", () => {
    // Two elements that are always equal, and a third beside them: what one loses the other adds.
    const moments = Float32Array.of(1, 0.999, 0, 0.999, 0.998, 0, 0, 0, 1e-3);
    const given: CompensatedRounding = {
      weight: Float32Array.of(0.4, 0.4, 0.4),
      depth: 3,
      columns: 1,
      scaleOf: () => 1,
      zeroPointOf: () => 0,
      codes,
      moments: secondMoments(moments, 3),
    };
    expect(nearest(given)).toEqual([0, 0, 0]);
    expect([...compensatedRounding(given).codes]).toEqual([0, 1, 0]);
  });

  it("moves the output less than nearest rounding, though not in every single case; codes are legal, and the input stays", () => {
    let [compensated, plain] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const depth = 4 + (seed % 20);
      const given = problem(depth, 8, correlated(depth, seed), seed);
      const before = Float32Array.from(given.weight);
      const { codes: rounded } = compensatedRounding(given);
      compensated += outputError(given, rounded);
      plain += outputError(given, nearest(given));
      expect(rounded.every((code) => code >= codes.min && code <= codes.max)).toBe(true);
      expect(given.weight).toEqual(before);
    }
    expect(compensated / plain).toBeLessThan(0.5);
  });

  it.each([0.01, 1])("says how far the outputs of each column move, in terms of moments damped by %d", (damping) => {
    const depth = 12;
    const given = problem(depth, 5, correlated(depth, 3), 3);
    const { codes: rounded, errors } = compensatedRounding({ ...given, damping });
    const mean = Array.from({ length: depth }, (_, element) => given.moments.values[element * (depth + 1)]!).reduce((sum, value) => sum + value / depth, 0);
    const damped = given.moments.values.map((value, index) => (index % (depth + 1) === 0 ? value + damping * mean : value));
    for (const [column, error] of errors.entries()) {
      const one = (values: ArrayLike<number>): Float32Array => Float32Array.from({ length: depth }, (_, element) => values[element * 5 + column]!);
      const alone = {
        ...given,
        weight: one(given.weight),
        columns: 1,
        scaleOf: () => given.scaleOf(column),
        zeroPointOf: () => given.zeroPointOf(column),
        moments: secondMoments(damped, depth),
      };
      expect(error / outputError(alone, one(rounded))).toBeCloseTo(1, 5);
    }
  });

  it("does not depend on the order of the elements", () => {
    const depth = 10;
    const moments = correlated(depth, 5);
    const given = problem(depth, 4, moments, 5);
    const order = Array.from({ length: depth }, (_, index) => (index * 7) % depth);
    const shuffled: CompensatedRounding = {
      ...given,
      weight: Float32Array.from(given.weight, (_, position) => given.weight[order[Math.floor(position / 4)]! * 4 + (position % 4)]!),
      moments: secondMoments(
        moments.map((_, index) => moments[order[Math.floor(index / depth)]! * depth + order[index % depth]!]!),
        depth,
      ),
    };
    const [plain, other] = [compensatedRounding(given).codes, compensatedRounding(shuffled).codes];
    expect(Array.from(other)).toEqual(Array.from(plain, (_, position) => plain[order[Math.floor(position / 4)]! * 4 + (position % 4)]!));
  });
});
