import type { Image } from "./image.ts";
import { type Interpolation, resizeTaps, type Taps, WEIGHT_BITS } from "./resize-taps.ts";

/** A rectangle of the resized image; nothing outside of it is computed. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

type Bytes = Image["data"];

const HALF = 1 << (WEIGHT_BITS - 1);

/** Resizes to `width` x `height`, first along rows, then along columns, each pass rounded to 8 bit. Keeps `region`, drops alpha. */
export function resizeImage(
  image: Image,
  size: { readonly height: number; readonly width: number },
  interpolation: Interpolation,
  region: Region = { top: 0, left: 0, ...size },
): Image {
  const columns = size.width === image.width ? undefined : resizeTaps(image.width, size.width, region.left, region.left + region.width, interpolation);
  const rows = size.height === image.height ? undefined : resizeTaps(image.height, size.height, region.top, region.top + region.height, interpolation);
  const firstRow = rows ? rows.start[0]! : region.top;
  const lastRow = rows ? rows.start[region.height - 1]! + rows.count[region.height - 1]! : region.top + region.height;
  const strip = columns ? resizeColumns(image, columns, region.width, firstRow, lastRow) : copyColumns(image, region.left, region.width, firstRow, lastRow);
  return rows ? resizeRows(strip, rows, region.height, firstRow) : strip;
}

function resizeColumns(image: Image, taps: Taps, width: number, firstRow: number, lastRow: number): Image {
  const height = lastRow - firstRow;
  const pitch = image.width * image.channels;
  const channels = image.channels === 1 ? 1 : 3;
  const out = new Uint8ClampedArray(width * height * channels);
  const resizeRow = channels === 1 ? resizeGreyRow : resizeColourRow;
  for (let y = 0; y < height; y++) {
    const source = image.data.subarray((firstRow + y) * pitch, (firstRow + y + 1) * pitch);
    resizeRow(source, image.channels, taps, out.subarray(y * width * channels, (y + 1) * width * channels));
  }
  return { width, height, channels, data: out };
}

function resizeGreyRow(source: Bytes, _channels: number, { start, count, weights, stride }: Taps, out: Bytes): void {
  for (let x = 0; x < out.length; x++) {
    let sum = HALF;
    for (let k = 0; k < count[x]!; k++) sum += Math.imul(source[start[x]! + k]!, weights[x * stride + k]!);
    out[x] = sum >> WEIGHT_BITS;
  }
}

function resizeColourRow(source: Bytes, channels: number, { start, count, weights, stride }: Taps, out: Bytes): void {
  for (let x = 0, target = 0; target < out.length; x++, target += 3) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    const base = x * stride;
    const end = base + count[x]!;
    for (let k = base, from = start[x]! * channels; k < end; k++, from += channels) {
      const weight = weights[k]!;
      red += Math.imul(source[from]!, weight);
      green += Math.imul(source[from + 1]!, weight);
      blue += Math.imul(source[from + 2]!, weight);
    }
    out[target] = red >> WEIGHT_BITS;
    out[target + 1] = green >> WEIGHT_BITS;
    out[target + 2] = blue >> WEIGHT_BITS;
  }
}

function resizeRows(strip: Image, taps: Taps, height: number, firstRow: number): Image {
  const { channels, data, width } = strip;
  const pitch = width * channels;
  const out = new Uint8ClampedArray(pitch * height);
  const sums = new Int32Array(pitch);
  const { start, count, weights, stride } = taps;
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * stride + k]!;
      const source = (start[y]! - firstRow + k) * pitch;
      for (let i = 0; i < pitch; i++) sums[i]! += Math.imul(data[source + i]!, weight);
    }
    const target = y * pitch;
    for (let i = 0; i < pitch; i++) out[target + i] = sums[i]! >> WEIGHT_BITS;
  }
  return { width, height, channels, data: out };
}

function copyColumns(image: Image, left: number, width: number, firstRow: number, lastRow: number): Image {
  const height = lastRow - firstRow;
  const channels = image.channels === 1 ? 1 : 3;
  const out = new Uint8ClampedArray(width * height * channels);
  for (let y = 0, target = 0; y < height; y++) {
    let source = ((firstRow + y) * image.width + left) * image.channels;
    for (let x = 0; x < width; x++, source += image.channels) {
      for (let c = 0; c < channels; c++) out[target++] = image.data[source + c]!;
    }
  }
  return { width, height, channels, data: out };
}
