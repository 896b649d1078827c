import { mkdir, open, readFile, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { type JournalEntry, QuantError, type TrialStore } from "@halftone/core";
import { parseEntry } from "../store/entry.ts";

/**
 * A journal in a file, one JSON object per line, on the disk before `append` resolves. A last line that was torn by a crash is cut off before the next is
 * written. One process at a time may append. There is no file before the first entry.
 */
export function journalFile(path: string): TrialStore {
  let last: Promise<unknown> = Promise.resolve();
  let isWhole = false;
  const append = async (entry: JournalEntry): Promise<void> => {
    try {
      if (!isWhole) await repair(path);
      // Until the line is on the disk, whatever the attempt left there counts as torn.
      isWhole = false;
      await write(path, `${JSON.stringify(entry)}\n`);
      isWhole = true;
    } catch (cause) {
      throw failure(path, cause);
    }
  };
  return {
    append: (entry) => {
      const write = last.then(() => append(entry));
      last = write.catch(() => undefined);
      return write;
    },
    read: async function* () {
      await last;
      const lines = (await wholeLines(path)).toString("utf8").split("\n").slice(0, -1);
      for (const [index, line] of lines.entries()) yield parseEntry(line, index + 1);
    },
  };
}

async function repair(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const bytes = await contentOf(path);
  const whole = bytes.lastIndexOf("\n") + 1;
  if (whole < bytes.length) await truncate(path, whole);
}

async function wholeLines(path: string): Promise<Buffer> {
  const bytes = await contentOf(path);
  return bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
}

function contentOf(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => (cause.code === "ENOENT" ? Buffer.alloc(0) : Promise.reject(cause)));
}

async function write(path: string, line: string): Promise<void> {
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
  return new QuantError("write-failed", `The journal ${path} cannot be written: ${reason}.`, { details: { file: path, reason }, cause });
}
