import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digest, testImage } from "./fixtures/test-image.ts";
import { resizeImage } from "./resize.ts";
import type { Interpolation } from "./resize-taps.ts";

/** [input width, height, output width, height, filter, digest of all bytes, first pixel, middle pixel] by Pillow 13.0.0. */
const pillow: readonly [number, number, number, number, Interpolation, number, number[], number[]][] = [
  [37, 29, 16, 12, "bilinear", 3303687061, [39, 43, 38], [124, 135, 135]],
  [37, 29, 16, 12, "bicubic", 1438972400, [38, 42, 36], [123, 135, 136]],
  [37, 29, 50, 61, "bilinear", 4055565695, [1, 1, 34], [152, 129, 137]],
  [37, 29, 50, 61, "bicubic", 639237497, [0, 0, 37], [154, 126, 140]],
  [37, 29, 37, 11, "bicubic", 2131285329, [37, 22, 33], [137, 130, 143]],
  [37, 29, 9, 29, "bilinear", 3978242311, [39, 29, 38], [143, 139, 126]],
  [37, 29, 1, 1, "bicubic", 3976429534, [126, 125, 126], [126, 125, 126]],
  [64, 48, 50, 61, "bicubic", 4071384329, [9, 14, 26], [102, 115, 124]],
  [64, 48, 37, 11, "bilinear", 449506614, [35, 26, 38], [124, 118, 130]],
  [64, 48, 9, 29, "bicubic", 3668979698, [39, 31, 46], [124, 117, 128]],
];

describe("resizeImage", () => {
  test.each(pillow)("%i x %i to %i x %i %s equals Pillow to the bit", (inWidth, inHeight, width, height, interpolation, all, first, middle) => {
    const out = resizeImage(testImage(inWidth, inHeight), { width, height }, interpolation);
    const centre = 3 * (Math.floor(height / 2) * width + Math.floor(width / 2));
    expect([...out.data.subarray(0, 3)]).toEqual(first);
    expect([...out.data.subarray(centre, centre + 3)]).toEqual(middle);
    expect(digest(out.data)).toBe(all);
  });

  test("a region is the same pixels as cutting it out of the whole", () => {
    const side = fc.integer({ min: 1, max: 40 });
    const part = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    const property = fc.property(side, side, side, side, part, part, fc.constantFrom("bilinear", "bicubic"), (w, h, width, height, v, u, interpolation) => {
      const cut = (size: number, [a, b]: readonly [number, number]) => {
        const start = Math.floor(a * (size - 1));
        return { start, length: 1 + Math.floor(b * (size - start - 1)) };
      };
      const [rows, columns] = [cut(height, v), cut(width, u)];
      const image = testImage(w, h, 4);
      const whole = resizeImage(image, { width, height }, interpolation);
      const region = resizeImage(image, { width, height }, interpolation, { top: rows.start, left: columns.start, height: rows.length, width: columns.length });
      for (let y = 0; y < rows.length; y++) {
        const from = 3 * ((rows.start + y) * width + columns.start);
        expect([...region.data.subarray(3 * y * columns.length, 3 * (y + 1) * columns.length)]).toEqual([
          ...whole.data.subarray(from, from + 3 * columns.length),
        ]);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("a flat image stays flat", () => {
    const flat = { width: 31, height: 17, channels: 1 as const, data: new Uint8Array(31 * 17).fill(201) };
    for (const interpolation of ["bilinear", "bicubic"] as const) {
      expect(new Set(resizeImage(flat, { width: 12, height: 40 }, interpolation).data)).toEqual(new Set([201]));
    }
  });
});
