import { join } from "node:path";
import { imageTensor, type Preprocess } from "@halftone/core";
import { imageDecoder, imageExtensions, type LoadSharp } from "./decode-image.ts";
import { listFiles } from "./list-files.ts";
import { type SampleOptions, type SampleSource, sampleSource } from "./sample-source.ts";

export interface ImageOptions extends SampleOptions {
  /** Name of the model's input. */
  readonly input: string;
  readonly preprocess: Preprocess;
  /** How sharp is loaded. Default: `() => import("sharp")`. */
  readonly sharp?: LoadSharp;
}

/**
 * The images of a folder and its subfolders.
 *
 * @throws `empty-calibration` when it holds no image, `invalid-data` when it cannot be read, `backend-unavailable` when
 * sharp is not installed.
 */
export async function imageFolder(folder: string, options: ImageOptions): Promise<SampleSource> {
  const samples = await listFiles(folder, imageExtensions);
  const decode = await imageDecoder(options.sharp);
  const { input, preprocess } = options;
  return sampleSource(
    {
      place: `folder ${folder} (${[...imageExtensions].join(" ")})`,
      recipe: ["images", input, preprocess],
      samples,
      load: async (name) => ({ [input]: imageTensor(await decode(join(folder, name)), preprocess) }),
    },
    options,
  );
}
