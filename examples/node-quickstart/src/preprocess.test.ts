import { expect, test } from "vitest";
import { renderLines } from "./lines.ts";
import { toInput } from "./preprocess.ts";

/** A picture of one color. */
function plain(width: number, height: number, color: readonly [number, number, number]) {
  return { pixels: Uint8Array.from({ length: 3 * width * height }, (_, index) => color[index % 3] as number), width, height };
}

test("planes are blue, green, red, from -1 to 1, and the right end is 0", async () => {
  const { shape, data } = await toInput(plain(96, 48, [255, 0, 51]));
  expect(shape).toEqual([1, 3, 48, 320]);
  const at = (plane: number, column: number): number => data[(plane * 48 + 20) * 320 + column] as number;
  expect([0, 1, 2].map((plane) => at(plane, 50))).toEqual([Math.fround((51 / 255 - 0.5) / 0.5), -1, 1]);
  expect([0, 1, 2].map((plane) => at(plane, 96))).toEqual([0, 0, 0]);
});

test("the aspect is kept, widths come in steps of 32", async () => {
  const widths = await Promise.all([400, 401, 800].map(async (width) => (await toInput(plain(width, 24, [9, 9, 9]))).shape[3]));
  expect(widths).toEqual([800, 832, 1600]);
});

test("every value of a rendered line is finite and in range", async () => {
  for (const line of await renderLines({ split: "calibration", count: 8, seed: 2 })) {
    const { data } = await toInput(line);
    expect((data as Float32Array).every((value) => value >= -1 && value <= 1)).toBe(true);
  }
});
