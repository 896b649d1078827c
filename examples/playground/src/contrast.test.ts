import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

// WCAG 2.2, 1.4.3 and 1.4.11: text 4.5 to 1, edges of controls and bars 3 to 1.
const pairs = [
  ["text", "page", 4.5],
  ["text", "card", 4.5],
  ["soft", "page", 4.5],
  ["soft", "card", 4.5],
  ["accent", "card", 4.5],
  ["on-accent", "accent", 4.5],
  ["bad", "card", 4.5],
  ["text", "bad-soft", 4.5],
  ["good", "card", 4.5],
  ["control-line", "card", 3],
  ["control-line", "page", 3],
  ["accent", "track", 3],
] as const;

const css = await readFile(new URL("style.css", import.meta.url), "utf8");
const colors = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [name!, [light!, dark!] as const]),
);

test.each(pairs)("%s on %s stands out, light and dark", (front, back, least) => {
  for (const scheme of [0, 1] as const) expect(contrast(colors.get(front)![scheme], colors.get(back)![scheme])).toBeGreaterThanOrEqual(least);
});

function contrast(first: string, second: string): number {
  const [darker, lighter] = [luminance(first), luminance(second)].sort((left, right) => left - right) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const linear = [1, 3, 5].map((start) => {
    const level = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}
