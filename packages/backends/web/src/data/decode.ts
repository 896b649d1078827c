import { type Image, QuantError } from "@halftone/core";

/**
 * Anything a page has pictures in: a file or blob of an encoded image, pixels, or what a canvas can draw (an image, a
 * canvas, a video at its current frame, an ImageBitmap, a VideoFrame).
 */
export type ImageSource = Blob | ImageData | ImageBitmap | OffscreenCanvas | VideoFrame | DrawableElement;

/** An element of the page: HTMLImageElement, HTMLCanvasElement or HTMLVideoElement. A worker has none. */
export interface DrawableElement {
  readonly tagName: string;
}

/**
 * Decodes with the browser: upright as its EXIF says, 8-bit RGBA, colour profiles left aside, as on Node. Decoders differ
 * by a few levels, most for JPEG, and a canvas blurs the colours of translucent pixels; from the pixels on, everything is
 * computed as on Node, bit for bit.
 *
 * @throws `invalid-data` when it cannot be decoded, or holds no picture yet.
 */
export async function decodeImage(source: ImageSource, name = "image"): Promise<Image> {
  if (isPixels(source)) return pixelsOf(source);
  const bitmap = await bitmapOf(source, name);
  try {
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true, colorSpace: "srgb" })!;
    context.drawImage(bitmap, 0, 0);
    return pixelsOf(context.getImageData(0, 0, bitmap.width, bitmap.height));
  } finally {
    bitmap.close();
  }
}

async function bitmapOf(source: Exclude<ImageSource, ImageData>, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source as ImageBitmapSource, { imageOrientation: "from-image", premultiplyAlpha: "none", colorSpaceConversion: "none" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QuantError("invalid-data", `${name} cannot be decoded by this browser: ${reason}.`, { details: { file: name, reason }, cause });
  }
}

function isPixels(source: ImageSource): source is ImageData {
  return typeof ImageData !== "undefined" && source instanceof ImageData;
}

function pixelsOf({ width, height, data }: ImageData): Image {
  return { width, height, channels: 4, data: data as Uint8ClampedArray };
}
