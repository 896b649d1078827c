import { QuantError } from "../spec/error.ts";
import type { Tensor } from "../spec/tensor.ts";
import type { Image } from "./image.ts";
import { channelCount, type Preprocess } from "./preprocess.ts";
import { type Region, resizeImage } from "./resize.ts";

/**
 * Turns a decoded image into a model input of shape [1, C, H, W] or [1, H, W, C].
 *
 * @throws `invalid-data` when the pixels do not fill the size they claim, or the image is smaller than the crop.
 */
export function imageTensor(image: Image, preprocess: Preprocess): Tensor {
  checkImage(image);
  const size = resizedSize(image, preprocess.resize);
  const resized = resizeImage(image, size, preprocess.resize?.interpolation ?? "bicubic", cropRegion(size, preprocess.crop));
  const pixels = preprocess.channelOrder === "gray" && image.channels !== 1 ? luminance(resized) : resized;
  return normalize(pixels, preprocess);
}

function checkImage({ width, height, channels, data }: Image): void {
  const expected = width * height * channels;
  if (width >= 1 && height >= 1 && Number.isSafeInteger(expected) && data.length === expected) return;
  throw new QuantError("invalid-data", `An image of ${width} x ${height} pixels with ${channels} channels needs ${expected} bytes, but has ${data.length}.`);
}

function resizedSize(image: Image, resize: Preprocess["resize"]): { height: number; width: number } {
  if (!resize) return { height: image.height, width: image.width };
  if ("exact" in resize) return { height: resize.exact[0], width: resize.exact[1] };
  const short = Math.min(image.height, image.width);
  const scaled = (length: number) => (length === short ? resize.shortest : Math.floor((length * resize.shortest) / short));
  return { height: scaled(image.height), width: scaled(image.width) };
}

function cropRegion(size: { readonly height: number; readonly width: number }, crop: Preprocess["crop"]): Region {
  if (!crop) return { top: 0, left: 0, ...size };
  const [height, width] = crop;
  if (height > size.height || width > size.width) {
    throw new QuantError(
      "invalid-data",
      `The image is ${size.height} x ${size.width} (height x width), smaller than the crop ${height} x ${width}. Add a resize.`,
    );
  }
  return { top: centred(size.height - height), left: centred(size.width - width), height, width };
}

/** Half of the margin, ties to even, as common image libraries place a centre crop. */
function centred(margin: number): number {
  const half = Math.floor(margin / 2);
  return margin % 2 === 0 ? half : half + (half % 2);
}

/** ITU-R 601 luma in 16-bit fixed point. */
function luminance({ width, height, channels, data }: Image): Image {
  const out = new Uint8ClampedArray(width * height);
  for (let i = 0, source = 0; i < out.length; i++, source += channels) {
    out[i] = (data[source]! * 19595 + data[source + 1]! * 38470 + data[source + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: out };
}

function normalize(image: Image, preprocess: Preprocess): Tensor {
  const { width, height, channels, data } = image;
  const planes = channelCount(preprocess);
  const pixels = width * height;
  const out = new Float32Array(planes * pixels);
  const planar = preprocess.layout === "NCHW";
  for (let plane = 0; plane < planes; plane++) {
    const table = valueTable(preprocess, plane);
    const source = channels === 1 ? 0 : preprocess.channelOrder === "bgr" ? 2 - plane : plane;
    const first = planar ? plane * pixels : plane;
    const step = planar ? 1 : planes;
    for (let i = 0, from = source, to = first; i < pixels; i++, from += channels, to += step) out[to] = table[data[from]!]!;
  }
  return { dtype: "float32", shape: planar ? [1, planes, height, width] : [1, height, width, planes], data: out };
}

/** A byte has 256 values: the arithmetic is done once for each. `mean` and `std` follow the order of the output. */
function valueTable({ scale, mean, std }: Preprocess, plane: number): Float32Array {
  const m = mean[mean.length === 1 ? 0 : plane]!;
  const s = std[std.length === 1 ? 0 : plane]!;
  return Float32Array.from({ length: 256 }, (_, byte) => (byte * scale - m) / s);
}
