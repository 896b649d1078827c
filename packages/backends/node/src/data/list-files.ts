import { readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { QuantError } from "@halftone/core";

export interface ListedFile {
  /** Relative to the folder, with `/` between folders. */
  readonly name: string;
  readonly size: number;
}

/** Files of these extensions in a folder and its subfolders, by name; hidden ones are left out. @throws `invalid-data`. */
export async function listFiles(folder: string, extensions: ReadonlySet<string>): Promise<readonly ListedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such folder" : cause.message;
    throw new QuantError("invalid-data", `The folder ${folder} cannot be read: ${reason}.`, { details: { file: folder }, cause });
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && extensions.has(extname(entry.name).toLowerCase()))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => !name.split("/").some((part) => part.startsWith(".")))
    .sort((left, right) => (left < right ? -1 : 1));
  return Promise.all(names.map(async (name) => ({ name, size: await sizeOf(join(folder, name)) })));
}

/** A broken link has no size; reading it will say why it cannot be used. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
