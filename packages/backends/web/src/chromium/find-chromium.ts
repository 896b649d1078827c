/** The browser that runs pages for Node. None is downloaded: one that is installed is used. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Environment variables: `HALFTONE_CHROMIUM` and `PATH` are looked at. */
export type Environment = Readonly<Record<string, string | undefined>>;

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Without a sandbox for containers, and with WebGPU on the processor where there is no graphics card. */
export const chromiumArguments: readonly string[] = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan,WebGPU",
  "--ignore-gpu-blocklist",
];

/** `HALFTONE_CHROMIUM`, or the first browser of the Chromium family on the path; undefined when there is none. */
export function findChromium(environment: Environment): string | undefined {
  if (environment["HALFTONE_CHROMIUM"]) return environment["HALFTONE_CHROMIUM"];
  const folders = (environment["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
