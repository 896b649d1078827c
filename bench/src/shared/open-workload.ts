import { assetsFolder } from "./assets.ts";
import { imageWorkload } from "./image-workload.ts";
import { readingName, readingWorkload } from "./reading-workload.ts";
import type { Sizes, Workload } from "./workload.ts";

/** The text recogniser that npm ships, or a classifier of the assets folder. */
export async function openWorkload(name: string, sizes: Sizes): Promise<Workload> {
  return name === readingName ? readingWorkload(sizes) : imageWorkload(assetsFolder(), name, sizes);
}
