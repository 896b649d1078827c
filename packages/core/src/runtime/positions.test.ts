import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../numerics/index.ts";
import { pickPositions, randomOf } from "./positions.ts";

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
