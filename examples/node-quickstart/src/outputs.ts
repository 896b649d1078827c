import { mkdir, rename, rm, writeFile } from "node:fs/promises";

/** Writes files into a folder, each under its name only once it is complete. */
export async function writeOutputs(folder: URL, files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const unfinished = new URL(`${name}.tmp`, folder);
    try {
      await writeFile(unfinished, content);
      await rename(unfinished, new URL(name, folder));
    } finally {
      await rm(unfinished, { force: true });
    }
  }
}
