import type { Json, Trial, Workload } from "@halftone/core";
import { paretoFront } from "@halftone/tuner";
import { milliseconds } from "../text/units.ts";
import { scoreFigure } from "./score-unit.ts";
import { ranking, type SearchSummary } from "./summary.ts";

/** What `tune --json` answers. */
export function searchJson({ files, result, winner, workload, ...summary }: SearchSummary): { readonly [key: string]: Json } {
  const { unit } = workload;
  const failed = result.trials.filter(({ outcome }) => outcome.status === "failed");
  return {
    model: files.model,
    journal: files.journal,
    output: files.output ?? null,
    plan: files.plan ?? null,
    report: files.report ?? null,
    target: summary.target,
    space: summary.space.name,
    candidates: summary.candidates,
    strategy: summary.strategy,
    seed: summary.seed,
    metric: summary.metric,
    reference: workload.reference === undefined ? null : scoreFigure(workload.reference, unit),
    end: result.end,
    trials: { done: result.trials.length - failed.length, failed: failed.length },
    best: winner === undefined ? null : trialJson(winner, unit),
    ranking: ranking(result.trials).map((trial) => trialJson(trial, unit)),
    pareto: paretoFront(result.trials, ["bytes", "seconds"]).map(({ id }) => id),
    failures: failed.map(({ id, candidate, outcome }) => ({
      ...{ id, candidate },
      ...(outcome.status === "failed" && { code: outcome.code, message: outcome.message }),
    })),
  };
}

function trialJson({ id, candidate, outcome }: Trial, unit: Workload["unit"]): { readonly [key: string]: Json } {
  if (outcome.status === "failed") return { id, candidate, score: null };
  const { bytes = null, seconds } = outcome.metrics;
  return { id, candidate, score: scoreFigure(outcome.score, unit), bytes, latencyMs: seconds === undefined ? null : milliseconds(seconds) };
}
