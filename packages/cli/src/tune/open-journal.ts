import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { QuantError, type TrialStore, type Workload, type WorkloadTrials } from "@halftone/core";
import { readTransfer } from "@halftone/tuner";
import { journalFile } from "@halftone/tuner/node";
import type { SearchFlags } from "../options/search.ts";

/** A journal that has trials is gone on with when that was asked for, and never by accident. @throws `invalid-config`. */
export async function openJournalFile(file: string, resume: boolean, cwd: string): Promise<TrialStore> {
  const store = journalFile(resolve(cwd, file));
  if (resume || (await readTransfer(store)) === undefined) return store;
  throw new QuantError("invalid-config", `--journal: ${file} is the journal of an earlier search; go on with it with --resume, or name another file.`, {
    details: { field: "--journal", file },
  });
}

/** Trials of other models to learn from. @throws `invalid-config` when there is no such journal, or its scores do not compare with those of `score`. */
export async function readTransfers({ transfer = [], score }: Pick<SearchFlags, "transfer" | "score">, cwd: string): Promise<readonly WorkloadTrials[]> {
  return Promise.all(transfer.map((file) => readOther(file, score === "kl" ? "nats" : undefined, cwd)));
}

async function readOther(file: string, unit: Workload["unit"], cwd: string): Promise<WorkloadTrials> {
  const refuse = (problem: string): never => {
    throw new QuantError("invalid-config", `--transfer: ${file} ${problem}.`, { details: { field: "--transfer", file } });
  };
  const path = resolve(cwd, file);
  if (!existsSync(path)) refuse("does not exist; give the journal of a search");
  const found = (await readTransfer(journalFile(path))) ?? refuse("is empty; give the journal of a search");
  if (found.workload.unit !== unit) refuse(`is of a search ${unit === "nats" ? "without" : "with"} --score kl; learn from one with the same score`);
  return found;
}
