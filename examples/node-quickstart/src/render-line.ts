import type { Font } from "opentype.js";
import sharp, { type Sharp } from "sharp";
import type { LineStyle } from "./line-style.ts";
import { outline, pathData } from "./outline.ts";
import { normal, type Random } from "./random.ts";

export interface Picture {
  /** Rows of red, green and blue bytes. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Outlines come from the font file and are filled by sharp's SVG renderer: no font of the system takes part. */
export async function renderLine(text: string, font: Font, style: LineStyle, random: Random): Promise<Picture> {
  let image = sharp(Buffer.from(lineSvg(text, font, style))).removeAlpha();
  if (style.blur >= 0.3) image = image.blur(style.blur);
  const clean = await toPicture(image);
  const noisy = style.noise > 0 ? { ...clean, pixels: addNoise(clean.pixels, style.noise, random) } : clean;
  return style.jpegQuality === undefined ? noisy : toPicture(sharp(await fromPicture(noisy).jpeg({ quality: style.jpegQuality }).toBuffer()));
}

export function fromPicture({ pixels, width, height }: Picture): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export async function toPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

function lineSvg(text: string, font: Font, style: LineStyle): string {
  const { fontSize, slantDegrees, rotationDegrees, ink, paper } = style;
  const path = outline(font, text, fontSize, style.letterSpacing);
  const box = path.getBoundingBox();
  // Lines of lower-case letters without descenders are as high as others: x-height and baseline alone would be blown up.
  const [top, bottom] = [Math.min(box.y1, -0.7 * fontSize), Math.max(box.y2, 0.05 * fontSize)];
  const lean = Math.tan((slantDegrees * Math.PI) / 180);
  const tilt = Math.tan((rotationDegrees * Math.PI) / 180);
  const drop = Math.abs(tilt) * (box.x2 - box.x1);
  const [left, above, right, below] = style.margins.map((margin) => margin * fontSize) as [number, number, number, number];
  const x = box.x1 - left - Math.max(0, lean * bottom, lean * top);
  const width = Math.ceil(box.x2 + right - Math.min(0, lean * bottom, lean * top) - x);
  const y = top - above - (tilt < 0 ? drop : 0);
  const height = Math.ceil(bottom + below + (tilt > 0 ? drop : 0) - y);
  const rule = style.ruled ? `<rect x="${x}" y="${bottom + below * 0.5}" width="${width}" height="1" fill="rgb(${ink})"/>` : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">
<linearGradient id="paper"><stop offset="0" stop-color="rgb(${paper[0]})"/><stop offset="1" stop-color="rgb(${paper[1]})"/></linearGradient>
<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#paper)"/>${rule}
<path transform="rotate(${rotationDegrees} ${box.x1} 0) skewX(${-slantDegrees})" fill="rgb(${ink})" d="${pathData(path)}"/></svg>`;
}

function addNoise(pixels: Uint8Array, deviation: number, random: Random): Uint8Array {
  return Uint8Array.from(Uint8ClampedArray.from(pixels, (value) => value + deviation * normal(random)));
}
