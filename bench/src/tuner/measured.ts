import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quantune96 } from "@halftone/tuner";
import { type Landscape, landscapeOf } from "./landscape.ts";
import { type LandscapeFile, rowsOf } from "./landscape-file.ts";

/** What `npm run bench -- landscape` wrote into a folder, by name. */
export async function readMeasured(folder: string): Promise<readonly Landscape[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(names.map(async (name) => measuredLandscape(JSON.parse(await readFile(join(folder, name), "utf8")) as LandscapeFile)));
}

/** @throws where a candidate has no figure. */
export function measuredLandscape(file: LandscapeFile): Landscape {
  const { model: id, features, float, samples } = file;
  return landscapeOf({ id, features, reference: (100 * float) / samples.evaluation }, quantune96({ images: [1, 64, 512] }), rowsOf(file));
}
