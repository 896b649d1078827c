import { describe, expect, it } from "vitest";
import { compensatedRounding } from "./compensated-rounding.ts";
import { bestDamping, dampings, quadratic } from "./damping.ts";
import { seededRandom } from "./random.ts";
import { type RoundingProblem, roundByHalves } from "./round-by-halves.ts";
import { roundHalfEven } from "./rounding.ts";

const [depth, columns] = [24, 70];

function problem(seed: number): RoundingProblem {
  const random = seededRandom(seed);
  const weight = Float32Array.from({ length: depth * columns }, () => random() * 2 - 1);
  return { weight, depth, columns, scaleOf: (position) => 0.2 + 0.001 * (position % columns), zeroPointOf: () => 0, codes: { min: -8, max: 7 } };
}

/** X^T X of rows whose elements have a part in common. */
function momentsOf(rows: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const data = Array.from({ length: rows }, () => {
    const common = random() * 2 - 1;
    return Array.from({ length: depth }, () => common + random() * 2 - 1);
  });
  return Float32Array.from({ length: depth * depth }, (_, index) => {
    const [first, second] = [Math.floor(index / depth), index % depth];
    return data.reduce((sum, row) => sum + row[first]! * row[second]!, 0);
  });
}

function lossOf({ weight, scaleOf }: RoundingProblem, codes: Int16Array, moments: Float32Array): number {
  const error = Float64Array.from(weight, (value, position) => value - codes[position]! * scaleOf(position));
  return quadratic(error, moments, depth, columns);
}

/** On data that nobody rounded by, summed over some problems: of rounding by halves, with the default damping, to the nearest. */
function losses(rows: number): readonly [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let seed = 1; seed <= 12; seed++) {
    const given = problem(seed);
    const halves = [momentsOf(rows, 10 * seed + 1), momentsOf(rows, 10 * seed + 2)] as const;
    const unseen = momentsOf(400, 10 * seed + 3);
    const all = halves[0].map((value, index) => value + halves[1][index]!);
    sums[0] += lossOf(given, roundByHalves(given, halves), unseen);
    sums[1] += lossOf(given, compensatedRounding({ ...given, moments: all }), unseen);
    sums[2] += lossOf(given, compensatedRounding({ ...given, moments: all, damping: Number.POSITIVE_INFINITY }), unseen);
  }
  return sums;
}

describe("roundByHalves", () => {
  it("does not learn few samples by heart", () => {
    const [careful, trusting, nearest] = losses(6);
    expect(trusting).toBeGreaterThan(nearest);
    expect(careful).toBeLessThan(0.9 * trusting);
  });

  it("takes many samples at their word", () => {
    const [careful, trusting, nearest] = losses(400);
    expect(careful).toBeLessThanOrEqual(1.01 * trusting);
    expect(careful).toBeLessThan(0.9 * nearest);
  });

  it("rounds as compensatedRounding does where there is one half only", () => {
    const [given, moments] = [problem(1), momentsOf(50, 1)];
    expect(roundByHalves(given, [moments])).toEqual(compensatedRounding({ ...given, moments }));
  });
});

it("infinite damping rounds to the nearest", () => {
  const given = problem(3);
  const nearest = Int16Array.from(given.weight, (value, position) => Math.min(Math.max(roundHalfEven(value / given.scaleOf(position)), -8), 7));
  expect(compensatedRounding({ ...given, moments: momentsOf(50, 1), damping: Number.POSITIVE_INFINITY })).toEqual(nearest);
});

describe("bestDamping", () => {
  it("stops where the loss grows, and passes over losses that are not known", () => {
    const tried: number[] = [];
    const losses = new Map(dampings.map((damping, index) => [damping, [5, 3, 4, 1][index]!]));
    const found = bestDamping((damping) => {
      tried.push(damping);
      return losses.get(damping)!;
    });
    expect(found).toBe(0.1);
    expect(tried).toEqual([0.01, 0.1, 1]);
    expect(bestDamping((damping) => (damping < 1 ? Number.POSITIVE_INFINITY : damping))).toBe(1);
    expect(bestDamping(() => Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
