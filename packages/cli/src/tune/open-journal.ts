import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { QuantError, type TrialStore, type WorkloadTrials } from "@halftone/core";
import { readTransfer } from "@halftone/tuner";
import { journalFile } from "@halftone/tuner/node";

/** A journal that has trials is gone on with when that was asked for, and never by accident. @throws `invalid-config`. */
export async function openJournalFile(file: string, resume: boolean, cwd: string): Promise<TrialStore> {
  const store = journalFile(resolve(cwd, file));
  if (resume || (await readTransfer(store)) === undefined) return store;
  throw new QuantError("invalid-config", `--journal: ${file} is the journal of an earlier search; go on with it with --resume, or name another file.`, {
    details: { field: "--journal", file },
  });
}

/** Trials of other models to learn from. @throws `invalid-config` when there is no such journal. */
export async function readTransfers(files: readonly string[], cwd: string): Promise<readonly WorkloadTrials[]> {
  return Promise.all(files.map((file) => readOther(file, cwd)));
}

async function readOther(file: string, cwd: string): Promise<WorkloadTrials> {
  const path = resolve(cwd, file);
  const found = existsSync(path) ? await readTransfer(journalFile(path)) : undefined;
  if (found) return found;
  throw new QuantError("invalid-config", `--transfer: ${file} ${existsSync(path) ? "is empty" : "does not exist"}; give the journal of a search.`, {
    details: { field: "--transfer", file },
  });
}
