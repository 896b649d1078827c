import { mkdir, open, readFile, rm, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { type Checkpoint, type Json, QuantError } from "@halftone/core";

export interface FileCheckpointOptions {
  /** Go on with what the file holds; false starts it anew. Default true. */
  readonly resume?: boolean;
}

/**
 * Keeps what a search has found in a file, one JSON object per line. Each is on the disk before `set` resolves, so that a run that is killed loses the
 * step it was at and no other; the line it was writing is cut off when the file is read again. There is no file before the first `set`.
 *
 * Both methods throw `write-failed` naming the file when it cannot be read or written.
 */
export function fileCheckpoint(path: string, { resume = true }: FileCheckpointOptions = {}): Checkpoint {
  let opening: Promise<Map<string, Json>> | undefined;
  const records = (): Promise<Map<string, Json>> => {
    opening ??= (resume ? readRecords(path) : startAnew(path)).catch((cause) => {
      opening = undefined;
      throw failure(path, cause);
    });
    return opening;
  };
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    get: async (key) => (await records()).get(key),
    set: (key, value) => {
      const write = lastWrite.then(async () => {
        const known = await records();
        await append(path, `${JSON.stringify({ key, value })}\n`).catch((cause) => Promise.reject(failure(path, cause)));
        known.set(key, value);
      });
      lastWrite = write.catch(() => {});
      return write;
    },
  };
}

async function startAnew(path: string): Promise<Map<string, Json>> {
  await rm(path, { force: true });
  return new Map();
}

async function readRecords(path: string): Promise<Map<string, Json>> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => (cause.code === "ENOENT" ? Buffer.alloc(0) : Promise.reject(cause)));
  const whole = bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
  if (whole.length < bytes.length) await truncate(path, whole.length);
  return new Map(whole.toString("utf8").split("\n").flatMap(recordOf));
}

/** A line that is no record is a step that has to be done again, and no more. */
function recordOf(line: string): readonly (readonly [key: string, value: Json])[] {
  try {
    const { key, value } = JSON.parse(line) as { readonly key?: unknown; readonly value?: Json };
    return typeof key === "string" && value !== undefined ? [[key, value]] : [];
  } catch {
    return [];
  }
}

async function append(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a");
  try {
    await file.appendFile(line);
    await file.sync();
  } finally {
    await file.close();
  }
}

function failure(path: string, cause: unknown): QuantError {
  const reason = (cause as Error).message;
  return new QuantError("write-failed", `The finished steps of the search cannot be kept in ${path}: ${reason}.`, { details: { file: path, reason }, cause });
}
