import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import opentype, { type Font } from "opentype.js";
import type { Split } from "./split.ts";

const families: Readonly<Record<Split, readonly string[]>> = {
  calibration: ["inter", "lora", "ubuntu", "merriweather"],
  evaluation: ["roboto", "pt-serif", "open-sans", "source-code-pro"],
};
const variants = ["400-normal", "400-italic", "700-normal"];

/** Names of the split's font files, as their packages export them. */
export function fontFiles(split: Split): string[] {
  return families[split].flatMap((family) => variants.map((variant) => `@fontsource/${family}/files/${family}-latin-${variant}.woff`));
}

export async function loadFonts(split: Split): Promise<Font[]> {
  const { resolve } = createRequire(import.meta.url);
  return Promise.all(
    fontFiles(split).map(async (file) => {
      const { buffer, byteOffset, byteLength } = await readFile(resolve(file));
      return opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
    }),
  );
}
