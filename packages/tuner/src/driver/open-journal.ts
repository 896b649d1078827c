import { QuantError, type SearchSpace, type Trial, type TrialStore, type Workload, type WorkloadTrials } from "@halftone/core";
import { fingerprintOf } from "../space/fingerprint.ts";

/**
 * The trials of a journal, which gets its header where it has none yet.
 *
 * @throws `journal-mismatch` when it belongs to another workload or another space, `invalid-data` when it is no journal.
 */
export async function openJournal(store: TrialStore, workload: Workload, space: SearchSpace): Promise<readonly Trial[]> {
  const fingerprint = await fingerprintOf(space);
  const journal = await readJournal(store);
  if (journal === undefined) {
    await store.append({ kind: "header", version: 1, space: fingerprint, workload });
    return [];
  }
  if (journal.workload.id !== workload.id) throw mismatch("workload", journal.workload.id, workload.id);
  if (journal.space !== fingerprint) throw mismatch("space", journal.space, fingerprint);
  return journal.trials;
}

/**
 * A journal as rows for the search of another workload, whatever its space. Undefined when it is empty.
 *
 * @throws `invalid-data` when it is no journal.
 */
export async function readTransfer(store: TrialStore): Promise<WorkloadTrials | undefined> {
  return readJournal(store);
}

async function readJournal(store: TrialStore): Promise<(WorkloadTrials & { readonly space: string }) | undefined> {
  let header: { readonly space: string; readonly workload: Workload } | undefined;
  const trials: Trial[] = [];
  for await (const entry of store.read()) {
    if (entry.kind === "trial") trials.push(entry.trial);
    else if (header === undefined) header = entry;
    if (header === undefined)
      throw new QuantError("invalid-data", "The journal does not begin with a header; it is no journal of a search, or its first line is lost.");
  }
  return header && { workload: header.workload, space: header.space, trials };
}

function mismatch(field: "workload" | "space", found: string, wanted: string): QuantError {
  const what = field === "workload" ? "model, data or target" : "search space";
  const short = (name: string): string => (name.length > 60 ? `${name.slice(0, 57)}...` : name);
  return new QuantError(
    "journal-mismatch",
    `The journal belongs to another ${what}: ${short(found)} instead of ${short(wanted)}. Name another file, or hand this one in as rows of another workload.`,
    { details: { field, found, wanted } },
  );
}
