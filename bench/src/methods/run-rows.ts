import { dirname } from "node:path";
import { askProcess } from "../shared/ask-process.ts";
import { machineInWords } from "../shared/machine.ts";
import type { Journal } from "./journal.ts";
import type { RowJob } from "./measure.ts";
import { isMeasured, type Outcome, type RowIdentity } from "./row.ts";
import { summaryOf } from "./tables.ts";

export interface RunOptions {
  readonly journal: Journal;
  /** Of the journal: what rows share lies beside it. */
  readonly path: string;
  /** The program that measures one row. */
  readonly program: string;
  readonly again: boolean;
  readonly minutes: number;
  readonly tell: (line: string) => void;
}

/** Measures one row after the other, each in a process of its own: the peak of memory is its own, and a crash costs one row. */
export async function runRows(identities: readonly RowIdentity[], { journal, path, program, again, minutes, tell }: RunOptions): Promise<void> {
  const machine = machineInWords();
  const isDone = (identity: RowIdentity): boolean => {
    const known = journal.find(identity);
    return known !== undefined && isMeasured(known);
  };
  const missing = identities.filter((identity) => again || !isDone(identity));
  tell(`${missing.length} of ${identities.length} rows to measure`);
  for (const [index, identity] of missing.entries()) {
    const job: RowJob = { ...identity, folder: dirname(path) };
    const outcome = await askProcess<Outcome>([process.execPath, program, JSON.stringify(job)], { seconds: 60 * minutes }).catch(
      (error: ProcessFailure): Outcome => ({ failure: reasonOf(error, minutes) }),
    );
    const row = { ...identity, ...outcome, at: new Date().toISOString(), machine };
    await journal.append(row);
    tell(`${index + 1}/${missing.length} ${summaryOf(row)}`);
  }
}

/** What `execFile` rejects with. */
interface ProcessFailure extends Error {
  readonly code?: number | string | null;
  readonly signal?: string | null;
  readonly killed?: boolean;
  readonly stderr?: string;
}

function reasonOf({ code, signal, killed, stderr = "", message }: ProcessFailure, minutes: number): string {
  if (killed) return `took longer than ${minutes} minutes`;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  if (signal) return `the process was ended by ${signal}. ${last}`.trim();
  return code === undefined || code === null ? message : `the process failed with ${code}. ${last}`.trim();
}
