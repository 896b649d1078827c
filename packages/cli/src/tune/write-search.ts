import { basename } from "node:path";
import { formatPlan } from "@halftone/core";
import { writeFilesAtomically } from "@halftone/node";
import { renderSearch } from "@halftone/tuner";
import type { OutputPaths } from "../files/output-paths.ts";
import { writeOutputs } from "../files/write-outputs.ts";
import type { Trials } from "./open-trials.ts";
import type { SearchSummary } from "./summary.ts";

/** The winner's model and plan, and the report: all or nothing. Also after an interruption: what was found by then is what the user waited for. */
export async function writeSearch(summary: SearchSummary, { executor }: Trials, outputs: Partial<OutputPaths>): Promise<void> {
  const { winner, files } = summary;
  if (outputs.model === undefined && outputs.report === undefined) return;
  const { signal } = new AbortController();
  const built = winner && (await executor.build(winner.candidate, signal));
  const { winner: _, ...rest } = summary;
  const page = { ...rest, title: basename(files.model), ...(winner && { winner }), ...(built && { plan: built.plan }) };
  const texts = new Map(outputs.report === undefined ? [] : [[outputs.report, renderSearch(page)]]);
  if (built === undefined || outputs.model === undefined) return writeFilesAtomically(texts, { signal });
  await writeOutputs({ model: { path: outputs.model, files: built.model }, texts: new Map([...texts, [outputs.plan!, formatPlan(built.plan)]]) }, signal);
}
