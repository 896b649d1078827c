import { join } from "node:path";
import { arrayExtensions, readArrays } from "./array-file.ts";
import { listFiles } from "./list-files.ts";
import { type SampleOptions, type SampleSource, sampleSource } from "./sample-source.ts";

export interface ArrayOptions extends SampleOptions {
  /** Name of the model's input that .npy files are for; .npz files name their inputs themselves. */
  readonly input?: string;
}

/** The .npy and .npz files of a folder and its subfolders, one sample each. @throws `empty-calibration`, `invalid-data`. */
export async function npyFolder(folder: string, options: ArrayOptions = {}): Promise<SampleSource> {
  return sampleSource(
    {
      place: `folder ${folder} (${[...arrayExtensions].join(" ")})`,
      recipe: ["arrays", options.input ?? null],
      samples: await listFiles(folder, arrayExtensions),
      load: (name) => readArrays(join(folder, name), options.input),
    },
    options,
  );
}
