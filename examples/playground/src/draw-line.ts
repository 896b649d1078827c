import { between, chance, pick, type Random } from "@halftone/example-node-quickstart/random";

/** Rows of a line, as the recogniser wants them. */
export const lineHeight = 48;

const families = ["sans-serif", "serif", "monospace"];
const margin = 8;

/** One line of text on paper of its own: another font, size, slant and pair of colours each time. */
export function drawLine(text: string, random: Random): OffscreenCanvas {
  const size = Math.floor(between(random, 24, 34));
  const font = `${chance(random, 0.2) ? "bold " : ""}${size}px ${pick(random, families)}`;
  const contrast = between(random, 90, 215);
  const darker = between(random, 10, 245 - contrast);
  const [ink, paper] = chance(random, 0.75) ? [darker, darker + contrast] : [darker + contrast, darker];
  const slant = between(random, -0.12, 0.12);

  const canvas = new OffscreenCanvas(widthOf(text, font) + 2 * margin + Math.ceil(Math.abs(slant) * lineHeight), lineHeight);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = grey(paper);
  context.fillRect(0, 0, canvas.width, lineHeight);
  context.fillStyle = grey(ink);
  context.font = font;
  context.textBaseline = "middle";
  context.transform(1, 0, slant, 1, slant < 0 ? -slant * lineHeight : 0, 0);
  context.fillText(text, margin, lineHeight / 2 + 1);
  return canvas;
}

function widthOf(text: string, font: string): number {
  const context = new OffscreenCanvas(1, 1).getContext("2d")!;
  context.font = font;
  return Math.ceil(context.measureText(text).width);
}

function grey(level: number): string {
  return `rgb(${level} ${level} ${level})`;
}
