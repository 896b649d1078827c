import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Checkpoint, Json } from "@halftone/core";
import { fileCheckpoint } from "@halftone/node";
import type { Context } from "./outcome.ts";

export interface SearchRecordOptions {
  /** Of the file, absolute. */
  readonly path: string;
  /** As the user would write it. */
  readonly name: string;
  /** Go on with what an earlier run left there. */
  readonly resume: boolean;
  /** What findings depend on and their keys do not tell. */
  readonly identity: Json;
}

/** Keeps what a search finds in a file while the work lasts: gone when that is done, and there to go on with when it is not. */
export async function withSearchRecord<Result>(
  { path, name, resume, identity }: SearchRecordOptions,
  { note }: Pick<Context, "note">,
  work: (checkpoint: Checkpoint) => Promise<Result>,
): Promise<Result> {
  const file = fileCheckpoint(path, { resume });
  const prefix = JSON.stringify(identity);
  try {
    const result = await work({ get: (key) => file.get(`${prefix} ${key}`), set: (key, value) => file.set(`${prefix} ${key}`, value) });
    await rm(path, { force: true });
    return result;
  } catch (error) {
    if (existsSync(path)) note(`finished steps of the search are kept in ${name}; the same command with --resume goes on with them`);
    throw error;
  }
}
