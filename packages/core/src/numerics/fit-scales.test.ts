import { expect, it } from "vitest";
import { type CompensatedRounding, compensatedRounding } from "./compensated-rounding.ts";
import { quadratic } from "./damping.ts";
import { fitScales } from "./fit-scales.ts";
import { seededRandom } from "./random.ts";
import { secondMoments } from "./second-moments.ts";

const [depth, columns] = [16, 12];
const rest = async (): Promise<void> => {};

/** Scales at which the largest elements of some columns are clipped, and others reach too far. */
function problem(seed: number): CompensatedRounding {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 40 }, () => {
    const common = random() * 2 - 1;
    return Array.from({ length: depth }, () => common + random() * 2 - 1);
  });
  return {
    weight: Float32Array.from({ length: depth * columns }, () => random() * 2 - 1),
    depth,
    columns,
    scaleOf: (position) => Math.fround(0.1 + 0.01 * (position % columns)),
    zeroPointOf: () => 0,
    codes: { min: -8, max: 7 },
    moments: secondMoments(
      Float32Array.from({ length: depth * depth }, (_, index) => rows.reduce((sum, row) => sum + row[Math.floor(index / depth)]! * row[index % depth]!, 0)),
      depth,
    ),
  };
}

function errorOf({ weight, scaleOf, moments }: CompensatedRounding, codes: Int16Array): number {
  const error = Float64Array.from(weight, (value, position) => value - codes[position]! * scaleOf(position));
  return quadratic(error, moments.values, depth, columns);
}

it("rounds every column as at the scale that it chose", async () => {
  const given = problem(1);
  const { codes, factors, errors } = await fitScales(given, rest);
  const fitted = { ...given, scaleOf: (position: number) => Math.fround(given.scaleOf(position) * factors[position % columns]!) };
  const again = compensatedRounding(fitted);
  expect(codes).toEqual(again.codes);
  expect(errors).toEqual(again.errors);
  expect(new Set(factors).size).toBeGreaterThan(2);
});

it("moves no column further than the scales that were given do, and all of them less", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const given = problem(seed);
    const [plain, fitted] = [compensatedRounding(given), await fitScales(given, rest)];
    for (const [column, error] of fitted.errors.entries()) expect(error).toBeLessThanOrEqual(plain.errors[column]!);
    const scaled = { ...given, scaleOf: (position: number) => Math.fround(given.scaleOf(position) * fitted.factors[position % columns]!) };
    expect(errorOf(scaled, fitted.codes)).toBeLessThan(0.9 * errorOf(given, plain.codes));
  }
});
