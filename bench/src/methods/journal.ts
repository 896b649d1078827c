import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { keyOf, type Row, type RowIdentity } from "./row.ts";

/** The rows measured so far, one JSON object a line. Of several with one identity the last counts. */
export interface Journal {
  append(row: Row): Promise<void>;
  find(identity: RowIdentity): Row | undefined;
}

/** A last line that a crash has cut short is measured again. */
export async function openJournal(path: string): Promise<Journal> {
  const text = existsSync(path) ? await readFile(path, "utf8") : "";
  const rows = new Map(
    text
      .split("\n")
      .flatMap(rowOf)
      .map((row) => [keyOf(row), row]),
  );
  const isCut = text !== "" && !text.endsWith("\n");
  let separator = isCut ? "\n" : "";
  return {
    append: async (row) => {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, `${separator}${JSON.stringify(row)}\n`);
      separator = "";
      rows.set(keyOf(row), row);
    },
    find: (identity) => rows.get(keyOf(identity)),
  };
}

function rowOf(line: string): readonly Row[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Row];
  } catch {
    return [];
  }
}
