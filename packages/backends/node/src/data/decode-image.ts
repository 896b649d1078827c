import { type Image, QuantError } from "@halftone/core";

/** What is used of the module sharp. Spelled out, for its own types are not there where it is not installed. */
export interface Sharp {
  readonly default: (path: string, options: { readonly failOn: "error"; readonly ignoreIcc: true }) => SharpPipeline;
}

export interface SharpPipeline {
  autoOrient(): SharpPipeline;
  toColourspace(name: "srgb"): SharpPipeline;
  removeAlpha(): SharpPipeline;
  raw(options: { readonly depth: "uchar" }): SharpPipeline;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly width: number; readonly height: number; readonly channels: number };
  }>;
}

export type LoadSharp = () => Promise<Sharp>;

export const imageExtensions: ReadonlySet<string> = new Set([".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif"]);

/** Reads an image file: upright as its EXIF says, 8 bit, grey or RGB, with nothing else done to the pixels. */
export type DecodeImage = (path: string) => Promise<Image>;

/** @throws `backend-unavailable` when sharp is not installed. */
export async function imageDecoder(load: LoadSharp = () => import("sharp")): Promise<DecodeImage> {
  const sharp = await load().catch((cause: unknown) => {
    const message = `Images are decoded by the package sharp, which cannot be loaded: ${(cause as Error).message}. Install it with "npm install sharp", or give the samples as .npy files.`;
    throw new QuantError("backend-unavailable", message, { details: { package: "sharp" }, cause });
  });
  return (path) => decode(sharp, path);
}

async function decode(sharp: Sharp, path: string): Promise<Image> {
  try {
    const pixels = sharp.default(path, { failOn: "error", ignoreIcc: true }).autoOrient().toColourspace("srgb").removeAlpha().raw({ depth: "uchar" });
    const { data, info } = await pixels.toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, data };
  } catch (cause) {
    const reason = (cause as Error).message.split("\n")[0]!;
    throw new QuantError("invalid-data", `The image ${path} cannot be decoded: ${reason}.`, { details: { file: path, reason }, cause });
  }
}
