import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { type Preprocess, QuantError } from "@halftone/core";
import { arrayExtensions } from "./array-file.ts";
import { imageExtensions, type LoadSharp } from "./decode-image.ts";
import { imageFolder } from "./image-folder.ts";
import { jsonLines } from "./json-lines.ts";
import { listFiles } from "./list-files.ts";
import { npyFolder } from "./npy-folder.ts";
import type { SampleOptions, SampleSource } from "./sample-source.ts";

export interface OpenSourceOptions extends SampleOptions {
  /** Name of the model's input, for data that does not name it. */
  readonly input: string;
  /** Needed for images. */
  readonly preprocess?: Preprocess;
  /** How sharp is loaded. Default: `() => import("sharp")`. */
  readonly sharp?: LoadSharp;
}

const listExtensions = new Set([".jsonl", ".ndjson", ".json"]);

/**
 * Opens data by what is there: a folder of images, a folder of .npy or .npz files, or a JSON-lines list.
 *
 * @throws `empty-calibration`, `invalid-data`, `invalid-config` when images come without preprocessing.
 */
export async function openSource(path: string, options: OpenSourceOptions): Promise<SampleSource> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is nothing of that name" : cause.message;
    throw new QuantError("invalid-data", `The data ${path} cannot be read: ${reason}.`, { details: { file: path }, cause });
  });
  if (found.isDirectory()) return openFolder(path, options);
  if (listExtensions.has(extname(path).toLowerCase())) return jsonLines(path, options);
  throw new QuantError("invalid-data", `The data ${path} is a file; give a folder of images, a folder of .npy or .npz files, or a .jsonl list.`, {
    details: { file: path },
  });
}

async function openFolder(path: string, options: OpenSourceOptions): Promise<SampleSource> {
  const [images, arrays] = [await listFiles(path, imageExtensions), await listFiles(path, arrayExtensions)];
  if (images.length > 0 && arrays.length > 0) {
    throw new QuantError("invalid-data", `The folder ${path} holds both images (${images[0]!.name}) and arrays (${arrays[0]!.name}); give one kind.`, {
      details: { file: path },
    });
  }
  if (arrays.length > 0) return npyFolder(path, options);
  const { preprocess } = options;
  if (images.length > 0 && !preprocess) {
    throw new QuantError("invalid-config", `The folder ${path} holds images: say how they become an input (preprocess).`, { details: { field: "preprocess" } });
  }
  if (!preprocess) {
    throw new QuantError("empty-calibration", `There are no samples in folder ${path}: it holds neither images nor .npy or .npz files.`, {
      details: { place: path },
    });
  }
  return imageFolder(path, { ...options, preprocess });
}
