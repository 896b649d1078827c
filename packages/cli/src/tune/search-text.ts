import type { TuneEnd } from "@halftone/core";
import { formatScore } from "@halftone/tuner";
import { alignColumns } from "../text/table.ts";
import { plural } from "../text/units.ts";
import { candidateText } from "./candidate-text.ts";
import { bytesText, scoreText, secondsText } from "./show-search.ts";
import { ranking, type SearchSummary } from "./summary.ts";

const rowsShown = 10;

const ends = {
  trials: "all trials are done",
  target: "the target was reached",
  time: "the time is over",
  exhausted: "every candidate was measured",
  aborted: "interrupted",
} as const satisfies Record<TuneEnd, string>;

/** The same for people: the best trials, and what was written. */
export function searchText({ files, result, winner, workload, metric, ...summary }: SearchSummary): string {
  const failed = result.trials.filter(({ outcome }) => outcome.status === "failed").length;
  const ranked = ranking(result.trials);
  const shown = winner === undefined || ranked.slice(0, rowsShown).includes(winner) ? ranked.slice(0, rowsShown) : [...ranked.slice(0, rowsShown - 1), winner];
  const rows = shown.map((trial) => [
    `${trial === winner ? "*" : " "} ${trial.id}`,
    scoreText(trial, workload.unit),
    bytesText(trial),
    secondsText(trial),
    candidateText(trial.candidate),
  ]);
  const float = workload.reference === undefined ? "" : `; the float model reaches ${formatScore(workload.reference, workload.unit)}`;
  const written = [files.output, files.plan, files.report].filter((file) => file !== undefined);
  return [
    `${plural(result.trials.length, "trial")} of ${summary.candidates} candidates of ${summary.space.name} by ${summary.strategy}: ${ends[result.end]}${float}`,
    ...(failed > 0 ? [`${plural(failed, "trial")} failed: see --json or the journal`] : []),
    "",
    rows.length === 0 ? "no trial has a result" : alignColumns([["  trial", metric, "size", "latency", ""], ...rows]),
    "",
    `the journal is ${files.journal}${written.length > 0 ? `; wrote ${written.join(", ")}` : ""}`,
  ].join("\n");
}
