import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Candidate } from "@halftone/core";
import { keyOf } from "@halftone/tuner";

/** What a candidate's model answers to every evaluation sample. */
export interface Answered {
  readonly candidate: Candidate;
  readonly bytes: number;
  readonly seconds: number;
  readonly answers: readonly number[];
}

export interface AnswersFile {
  find(candidate: Candidate): Answered | undefined;
  append(answered: Answered): Promise<void>;
}

/** One JSON object a line; a last line that was cut short is lost. */
export async function openAnswers(path: string): Promise<AnswersFile> {
  await mkdir(dirname(path), { recursive: true });
  const text = existsSync(path) ? await readFile(path, "utf8") : "";
  const lines = text
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.endsWith("}"));
  const known = new Map(lines.map((line) => JSON.parse(line) as Answered).map((each) => [keyOf(each.candidate), each]));
  if (text !== "" && !text.endsWith("\n")) await appendFile(path, "\n");
  return {
    find: (candidate) => known.get(keyOf(candidate)),
    append: async (answered) => {
      await appendFile(path, `${JSON.stringify(answered)}\n`);
      known.set(keyOf(answered.candidate), answered);
    },
  };
}
