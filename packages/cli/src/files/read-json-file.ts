import { readFile } from "node:fs/promises";
import { QuantError } from "@halftone/core";

/** @throws `invalid-config` when the file is missing or is not JSON. */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readTextFile(path, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new QuantError("invalid-config", `The ${what} ${path} is not JSON: ${(cause as Error).message}.`, { details: { file: path }, cause });
  }
}

/** @throws `invalid-config` when the file cannot be read. */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? "does not exist" : `cannot be read: ${(cause as Error).message}`;
    throw new QuantError("invalid-config", `The ${what} ${path} ${problem}.`, { details: { file: path }, cause });
  }
}
