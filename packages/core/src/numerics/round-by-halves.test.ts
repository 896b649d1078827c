import { describe, expect, it } from "vitest";
import { compensatedRounding } from "./compensated-rounding.ts";
import { type Belief, bestBelief, dampings, quadratic } from "./damping.ts";
import { seededRandom } from "./random.ts";
import { type RoundingProblem, roundByHalves } from "./round-by-halves.ts";
import { roundHalfEven } from "./rounding.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";

const [depth, columns] = [24, 70];
const rest = async (): Promise<void> => {};

function problem(seed: number): RoundingProblem {
  const random = seededRandom(seed);
  const weight = Float32Array.from({ length: depth * columns }, () => random() * 2 - 1);
  return {
    weight,
    depth,
    columns,
    scaleOf: (position) => 0.2 + 0.001 * (position % columns),
    zeroPointOf: () => 0,
    codes: { min: -8, max: 7 },
    ownScales: false,
  };
}

/** X^T X of rows whose elements have a part in common. */
function momentsOf(rows: number, seed: number): SecondMoments {
  const random = seededRandom(seed);
  const data = Array.from({ length: rows }, () => {
    const common = random() * 2 - 1;
    return Array.from({ length: depth }, () => common + random() * 2 - 1);
  });
  const values = Float32Array.from({ length: depth * depth }, (_, index) => {
    const [first, second] = [Math.floor(index / depth), index % depth];
    return data.reduce((sum, row) => sum + row[first]! * row[second]!, 0);
  });
  return secondMoments(values, depth);
}

function lossOf({ weight, scaleOf }: RoundingProblem, codes: Int16Array, moments: SecondMoments): number {
  const error = Float64Array.from(weight, (value, position) => value - codes[position]! * scaleOf(position));
  return quadratic(error, moments.values, depth, columns);
}

/** On data that nobody rounded by, summed over some problems: of rounding by halves, with the default damping, to the nearest. */
async function losses(rows: number): Promise<readonly [number, number, number]> {
  const sums: [number, number, number] = [0, 0, 0];
  for (let seed = 1; seed <= 12; seed++) {
    const given = problem(seed);
    const halves = [[momentsOf(rows, 10 * seed + 1)], [momentsOf(rows, 10 * seed + 2)]] as const;
    const unseen = momentsOf(400, 10 * seed + 3);
    const all = secondMoments(
      halves[0][0].values.map((value, index) => value + halves[1][0].values[index]!),
      depth,
    );
    sums[0] += lossOf(given, (await roundByHalves(given, halves, rest)).codes, unseen);
    sums[1] += lossOf(given, compensatedRounding({ ...given, moments: all }).codes, unseen);
    sums[2] += lossOf(given, compensatedRounding({ ...given, moments: all, damping: Number.POSITIVE_INFINITY }).codes, unseen);
  }
  return sums;
}

describe("roundByHalves", () => {
  it("does not learn few samples by heart", async () => {
    const [careful, trusting, nearest] = await losses(6);
    expect(trusting).toBeGreaterThan(nearest);
    expect(careful).toBeLessThan(0.9 * trusting);
  });

  it("takes many samples at their word", async () => {
    const [careful, trusting, nearest] = await losses(400);
    expect(careful).toBeLessThanOrEqual(1.01 * trusting);
    expect(careful).toBeLessThan(0.9 * nearest);
  });

  it("believes rows that count little where few of those that count were seen", async () => {
    const [given, unseen] = [problem(1), momentsOf(400, 3)];
    const few = [[momentsOf(3, 1)], [momentsOf(3, 2)]] as const;
    const both = few.map(([own], index) => [own, momentsOf(400, 4 + index)]);
    expect(lossOf(given, (await roundByHalves(given, both, rest)).codes, unseen)).toBeLessThan(
      0.9 * lossOf(given, (await roundByHalves(given, few, rest)).codes, unseen),
    );
  });

  it("rounds as compensatedRounding does where there is one half only", async () => {
    const [given, moments] = [problem(1), momentsOf(50, 1)];
    expect(await roundByHalves(given, [[moments]], rest)).toMatchObject(compensatedRounding({ ...given, moments }));
  });
});

it("infinite damping rounds to the nearest", async () => {
  const given = problem(3);
  const nearest = Int16Array.from(given.weight, (value, position) => Math.min(Math.max(roundHalfEven(value / given.scaleOf(position)), -8), 7));
  expect(compensatedRounding({ ...given, moments: momentsOf(50, 1), damping: Number.POSITIVE_INFINITY }).codes).toEqual(nearest);
});

describe("bestBelief", () => {
  const losses = [
    [5, 3, 4, 1, 1],
    [6, 2, 2, 3, 0],
  ];
  const lossOf = ({ counting, damping }: Belief): number => losses[counting]![dampings.indexOf(damping)]!;

  it("stops where the loss of a counting grows", async () => {
    const tried: Belief[] = [];
    const found = await bestBelief(
      2,
      (belief) => {
        tried.push(belief);
        return lossOf(belief);
      },
      rest,
    );
    expect(found).toEqual({ counting: 1, damping: 0.1 });
    expect(tried.map(({ damping }) => damping)).toEqual([0.01, 0.1, 1, 0.01, 0.1, 1, 10]);
    expect(await bestBelief(1, lossOf, rest)).toEqual({ counting: 0, damping: 0.1 });
  });

  it("passes over losses that are not known", async () => {
    expect((await bestBelief(1, ({ damping }) => (damping < 1 ? Number.POSITIVE_INFINITY : damping), rest)).damping).toBe(1);
    expect((await bestBelief(1, () => Number.POSITIVE_INFINITY, rest)).damping).toBe(Number.POSITIVE_INFINITY);
  });
});
