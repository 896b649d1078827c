import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../numerics/index.ts";
import { pickPositions, pickWeighted, randomOf } from "./positions.ts";

describe("positions", () => {
  it("lie one in each of as many equal stretches", () => {
    const property = fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), fc.nat(1e6), (length, count, seed) => {
      const positions = pickPositions(length, count, seededRandom(seed));
      expect(positions).toHaveLength(count);
      positions.forEach((position, index) => {
        expect(position).toBeGreaterThanOrEqual(Math.floor((index * length) / count));
        expect(position).toBeLessThanOrEqual(Math.ceil(((index + 1) * length) / count) - 1);
      });
    });
    fc.assert(property);
  });

  it("are all of them where all are wanted", () => {
    expect(pickPositions(7, 7, seededRandom(3))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("are random by seed, layer and sample", () => {
    const numbers = [randomOf(1, "a", 0), randomOf(2, "a", 0), randomOf(1, "b", 0), randomOf(1, "a", 1)].map((random) => random());
    for (const other of numbers.slice(1)) expect(other).not.toBe(numbers[0]);
    expect(randomOf(1, "a", 0)()).toBe(numbers[0]);
  });
});

describe("weighted positions", () => {
  const weights = Float64Array.from({ length: 100 }, (_, position) => (position === 0 ? 50 : position % 2));

  it("are in order, and stand for at most two", () => {
    const picks = pickWeighted(weights, 40, seededRandom(1));
    expect(picks).toHaveLength(40);
    const positions = picks.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    for (const { weight } of picks) expect(weight).toBeLessThanOrEqual(2);
  });

  it("come as often as half of their share says, and a weighted sum over them is right on average", () => {
    const values = weights.map((weight, position) => weight + Math.sin(position));
    const total = values.reduce((sum, value) => sum + value, 0) / values.length;
    let [first, estimate] = [0, 0];
    const runs = 400;
    for (let seed = 1; seed <= runs; seed++) {
      const picks = pickWeighted(weights, 20, seededRandom(seed));
      first += picks.filter(({ position }) => position === 0).length / 20 / runs;
      estimate += picks.reduce((sum, { position, weight }) => sum + weight * values[position]!, 0) / 20 / runs;
    }
    // (1 / 100 + 50 / 100) / 2 of the picks.
    expect(first).toBeCloseTo(0.255, 2);
    expect(Math.abs(estimate / total - 1)).toBeLessThan(0.02);
  });

  it.each([
    ["all are wanted", weights, 100],
    ["nothing weighs", new Float64Array(100), 10],
  ])("are plain ones where %s", (_, given, count) => {
    const picks = pickWeighted(given, count, seededRandom(2));
    expect(picks.map(({ position }) => position)).toEqual(pickPositions(100, count, seededRandom(2)));
    expect(new Set(picks.map(({ weight }) => weight))).toEqual(new Set([1]));
  });
});
