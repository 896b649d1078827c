import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ModelFiles, QuantError } from "@halftone/core";
import { throwIfAborted } from "@halftone/core/backend";

export interface WriteFilesOptions {
  readonly signal?: AbortSignal;
}

const pieceSize = 64 * 1024 * 1024;

/**
 * Writes all files or none: each goes to a temporary file beside its place, and only when all of them are complete they
 * take their names, in the order given. Folders are made. Until then, files of those names stay as they are.
 *
 * @throws `write-failed` naming the file, `aborted`.
 */
export async function writeFilesAtomically(files: ReadonlyMap<string, Uint8Array | string>, options: WriteFilesOptions = {}): Promise<void> {
  const temporary = new Map<string, string>();
  try {
    for (const [path, content] of files) await at(path, () => writeTemporary(path, content, temporary, options.signal));
    throwIfAborted(options.signal);
    for (const [path, name] of temporary) {
      await at(path, () => rename(name, path));
      temporary.delete(path);
    }
  } finally {
    await Promise.all([...temporary.values()].map((name) => rm(name, { force: true })));
  }
}

/** The files of a model by their paths, side files first, so that the model never names a file that is not there yet. */
export function pathsOfModel(path: string, files: ModelFiles): ReadonlyMap<string, Uint8Array> {
  const sideFiles = [...(files.external ?? [])].map(([location, bytes]) => [join(dirname(path), location), bytes] as const);
  return new Map([...sideFiles, [path, files.model]]);
}

async function writeTemporary(path: string, content: Uint8Array | string, temporary: Map<string, string>, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const name = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const file = await open(name, "wx");
  temporary.set(path, name);
  try {
    await writePieces(file, typeof content === "string" ? new TextEncoder().encode(content) : content, signal);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writePieces(file: FileHandle, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength; ) {
    throwIfAborted(signal);
    const { bytesWritten } = await file.write(bytes, offset, Math.min(pieceSize, bytes.byteLength - offset));
    offset += bytesWritten;
  }
}

async function at(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (QuantError.is(cause)) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOSPC" ? "the disk is full" : message;
    throw new QuantError("write-failed", `${path} cannot be written: ${reason}. Nothing was changed.`, { details: { file: path, reason }, cause });
  }
}
