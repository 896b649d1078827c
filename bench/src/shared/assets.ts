import { fileURLToPath } from "node:url";

/** Where real models and images are: `HALFTONE_ASSETS`, by default `shared/assets` beside the repository. */
export function assetsFolder(): string {
  return process.env["HALFTONE_ASSETS"] ?? fileURLToPath(new URL("../../../../shared/assets", import.meta.url));
}
