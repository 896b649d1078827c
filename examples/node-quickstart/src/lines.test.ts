import { expect, test } from "vitest";
import { fontFiles, loadFonts } from "./fonts.ts";
import { renderLines } from "./lines.ts";
import { createRandom } from "./random.ts";
import type { Split } from "./split.ts";
import { drawText } from "./texts.ts";
import { vocabularies } from "./vocabulary.ts";

const splits: readonly Split[] = ["calibration", "evaluation"];

function texts(split: Split, count: number): string[] {
  const random = createRandom(7);
  return Array.from({ length: count }, () => drawText(split, random));
}

test("one seed, one set of pixels; another seed, another set", async () => {
  const options = { split: "evaluation", count: 12, seed: 3 } as const;
  const [first, second, other] = [await renderLines(options), await renderLines(options), await renderLines({ ...options, seed: 4 })];
  expect(second).toEqual(first);
  expect(other.map(({ text }) => text)).not.toEqual(first.map(({ text }) => text));
  expect(new Set(first.map(({ pixels }) => Buffer.from(pixels).toString("base64"))).size).toBe(12);
});

test("a line does not depend on how many are asked for", async () => {
  const [few, many] = [await renderLines({ split: "calibration", count: 2, seed: 5 }), await renderLines({ split: "calibration", count: 5, seed: 5 })];
  expect(many.slice(0, 2)).toEqual(few);
});

test("pictures hold three bytes a pixel, and ink that differs from the paper", async () => {
  for (const { pixels, width, height } of await renderLines({ split: "evaluation", count: 30, seed: 6 })) {
    expect(pixels).toHaveLength(3 * width * height);
    expect(width).toBeGreaterThan(height);
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeGreaterThan(30);
  }
});

test("the splits share neither fonts nor vocabulary nor texts", () => {
  const shared = (listOf: (split: Split) => readonly string[]): string[] => {
    const calibration = new Set(listOf("calibration"));
    return listOf("evaluation").filter((item) => calibration.has(item));
  };
  expect(shared((split) => fontFiles(split).map((file) => file.split("/files/")[0] as string))).toEqual([]);
  expect(shared((split) => Object.values(vocabularies[split]).flat())).toEqual([]);
  expect(shared((split) => texts(split, 20_000))).toEqual([]);
});

test.each(splits)("every font of the %s split has a glyph for every character of its texts", async (split) => {
  const characters = [...new Set(texts(split, 3_000).join(""))];
  expect(characters.length).toBeGreaterThan(70);
  for (const font of await loadFonts(split)) {
    expect(characters.filter((character) => font.charToGlyph(character).index === 0)).toEqual([]);
  }
});
