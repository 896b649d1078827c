import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outlyingUnits } from "./outlying-units.ts";

const ranges = (reach: readonly number[]) => reach.map((value, index) => (index % 2 ? { min: -value, max: value / 2 } : { min: 0, max: value }));
const ordinary = (count: number) => Array.from({ length: count }, (_, index) => 1 + (index % 7) / 2);

describe("outlying units", () => {
  it("reach eight times as far as every other one, to either side", () => {
    expect(outlyingUnits(ranges(ordinary(64).with(17, 200)))).toEqual([17]);
    expect(outlyingUnits(ranges(ordinary(64).with(18, 32)))).toEqual([18]);
    expect(outlyingUnits(ranges(ordinary(64).with(18, 31)))).toEqual([]);
  });

  it("are all that do, also where they differ among each other", () => {
    expect(outlyingUnits(ranges(ordinary(128).with(90, 500).with(3, 40)))).toEqual([3, 90]);
  });

  it("are few: of 32 one at most, of fewer none, eight in all", () => {
    expect(outlyingUnits(ranges(ordinary(32).with(0, 100).with(1, 100)))).toEqual([]);
    expect(outlyingUnits(ranges(ordinary(31).with(0, 100)))).toEqual([]);
    expect(outlyingUnits(ranges(ordinary(1024).fill(100, 0, 9)))).toEqual([]);
    expect(outlyingUnits(ranges(ordinary(1024).fill(100, 0, 8)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("are none where all others are silent", () => {
    expect(outlyingUnits(ranges(Array<number>(64).fill(0).with(5, 9)))).toEqual([]);
  });

  it("leave a layer without outliers", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: Math.fround(0.01), max: 1000, noNaN: true }), { minLength: 40, maxLength: 300 }), (reach) => {
        const found = new Set(outlyingUnits(ranges(reach)));
        expect(outlyingUnits(ranges(reach.filter((_, unit) => !found.has(unit))))).toEqual([]);
      }),
    );
  });
});
