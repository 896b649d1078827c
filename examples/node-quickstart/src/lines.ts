import { loadFonts } from "./fonts.ts";
import { drawStyle } from "./line-style.ts";
import { createRandom, hashText, pick } from "./random.ts";
import { type Picture, renderLine } from "./render-line.ts";
import type { Split } from "./split.ts";
import { drawText } from "./texts.ts";

/** A picture of one line of text, and what it says. */
export interface Line extends Picture {
  readonly text: string;
}

/** The same arguments give the same pixels. */
export async function renderLines(options: { readonly split: Split; readonly count: number; readonly seed: number }): Promise<Line[]> {
  const { split, count, seed } = options;
  const fonts = await loadFonts(split);
  const lines: Line[] = [];
  // Every line draws from a generator of its own: line n depends neither on the other lines nor on the other split.
  for (let index = 0; index < count; index++) {
    const random = createRandom(hashText(`${split} ${seed} ${index}`));
    const text = drawText(split, random);
    lines.push({ text, ...(await renderLine(text, pick(random, fonts), drawStyle(random), random)) });
  }
  return lines;
}
