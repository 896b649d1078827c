import type { Image } from "./image.ts";
import { type Interpolation, resizeTaps, type Taps, WEIGHT_BITS } from "./resize-taps.ts";

/** A rectangle of the resized image; nothing outside of it is computed. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

const HALF = 1 << (WEIGHT_BITS - 1);

/** Resizes to `width` x `height`, first along rows, then along columns, each pass rounded to 8 bit, and keeps `region`. */
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
  const { channels, data } = image;
  const height = lastRow - firstRow;
  const out = new Uint8ClampedArray(width * height * channels);
  const { start, count, weights, stride } = taps;
  let target = 0;
  for (let y = firstRow; y < lastRow; y++) {
    const row = y * image.width * channels;
    for (let x = 0; x < width; x++) {
      const n = count[x]!;
      const origin = row + start[x]! * channels;
      const base = x * stride;
      for (let c = 0; c < channels; c++) {
        let sum = HALF;
        for (let k = 0, source = origin + c; k < n; k++, source += channels) sum += Math.imul(data[source]!, weights[base + k]!);
        out[target++] = sum >> WEIGHT_BITS;
      }
    }
  }
  return { width, height, channels, data: out };
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
  const { channels, data } = image;
  const height = lastRow - firstRow;
  if (left === 0 && width === image.width) {
    return { width, height, channels, data: data.subarray(firstRow * width * channels, lastRow * width * channels) };
  }
  const out = new Uint8ClampedArray(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = ((firstRow + y) * image.width + left) * channels;
    out.set(data.subarray(row, row + width * channels), y * width * channels);
  }
  return { width, height, channels, data: out };
}
