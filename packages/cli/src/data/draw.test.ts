import fc from "fast-check";
import { expect, test } from "vitest";
import { draw } from "./draw.ts";

test("no sample calibrates and verifies, unless there are too few", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 300 }),
      fc.nat(),
      (count, calibration, verification, seed) => {
        const drawn = draw(count, { calibration, verification, seed });
        expect(drawn.calibration).toHaveLength(Math.min(count, calibration));
        expect(drawn.heldOut).toBe(calibration < count);
        for (const indices of [drawn.calibration, drawn.verification]) {
          expect(new Set(indices).size).toBe(indices.length);
          expect(indices.every((index) => index >= 0 && index < count)).toBe(true);
        }
        if (drawn.heldOut) {
          expect(drawn.verification).toHaveLength(Math.min(verification, count - calibration));
          expect(drawn.verification.some((index) => drawn.calibration.includes(index))).toBe(false);
        } else {
          expect(drawn.verification).toEqual(drawn.calibration);
        }
      },
    ),
  );
});

test("the seed decides, and spreads over the whole data", () => {
  const wanted = { calibration: 32, verification: 32, seed: 5 };
  expect(draw(1000, wanted)).toEqual(draw(1000, wanted));
  expect(draw(1000, wanted)).not.toEqual(draw(1000, { ...wanted, seed: 6 }));
  expect(Math.max(...draw(1000, wanted).calibration)).toBeGreaterThan(500);
});

test("without a number, calibration leaves a quarter to verify with", () => {
  expect(draw(40, { verification: 256, seed: 0 })).toMatchObject({ heldOut: true, calibration: { length: 30 }, verification: { length: 10 } });
  expect(draw(1000, { verification: 256, seed: 0 })).toMatchObject({ calibration: { length: 128 }, verification: { length: 256 } });
  expect(draw(1, { verification: 256, seed: 0 })).toEqual({ calibration: [0], verification: [0], heldOut: false });
});
