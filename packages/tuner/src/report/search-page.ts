import {
  barChart,
  formatBytes,
  formatSeconds,
  formatShare,
  type Html,
  html,
  htmlTable,
  type Outcome,
  type QuantPlan,
  reportStyle,
  type SearchSpace,
  type Trial,
  type TuneResult,
  type Workload,
} from "@halftone/core";
import { paretoFront } from "../objective/pareto.ts";
import { formatScore as formatScoreIn } from "./format-score.ts";
import { importances } from "./importances.ts";
import { planSummary } from "./plan-summary.ts";
import { pointChart, pointChartStyle } from "./point-chart.ts";

export interface SearchPage {
  /** Shown as the heading, usually the model's file name. */
  readonly title: string;
  readonly target: string;
  readonly strategy: string;
  /** Name of the score. */
  readonly metric: string;
  readonly space: SearchSpace;
  readonly workload: Workload;
  readonly result: TuneResult;
  /** Default: the best trial. */
  readonly winner?: Trial;
  /** Of the winner. */
  readonly plan?: QuantPlan;
  /** Default: in the unit of the workload. */
  readonly formatScore?: (score: number) => string;
}

type Done = Trial & { readonly outcome: Extract<Outcome, { readonly status: "done" }> };
type Scored = Required<Pick<SearchPage, "formatScore">> & SearchPage & { readonly done: readonly Done[] };

/** A search as one self-contained HTML file: no script, nothing loaded from elsewhere. */
export function renderSearch(page: SearchPage): string {
  const { title, target, strategy, space, result, plan, workload } = page;
  const { formatScore = (score: number) => formatScoreIn(score, workload.unit) } = page;
  const winner = page.winner ?? result.best;
  const scored: Scored = { ...page, formatScore, ...(winner && { winner }), done: result.trials.filter(isDone).sort((one, other) => one.id - other.id) };
  const { html: text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: search report</title><style>${{ html: reportStyle + pointChartStyle }}</style></head><body><main>
<h1>${title}</h1>
<p>${result.trials.length} trials of space <b>${space.name}</b> by strategy <b>${strategy}</b> for target <b>${target}</b>.${workload.unit === "nats" ? ` ${page.metric} is the mean divergence from the float model's answers: the smaller, the better.` : ""}</p>
<section><h2>The winner</h2>${winnerSection(scored)}</section>
<section><h2>How the search went</h2>${curve(scored)}</section>
<section><h2>What accuracy costs</h2>${front(scored)}</section>
<section><h2>What mattered</h2>${importanceSection(scored)}</section>
${plan ? html`<section><h2>The winner's plan</h2>${planSummary(plan)}</section>` : ""}
<details><summary>Every trial (${result.trials.length})</summary>${trialsTable(scored)}</details>
</main></body></html>
`;
  return text;
}

function isDone(trial: Trial): trial is Done {
  return trial.effort === 1 && trial.outcome.status === "done";
}

function winnerSection({ winner, workload: { reference }, metric, formatScore }: Scored): Html {
  if (winner?.outcome.status !== "done") return html`<p>No trial has a result.</p>`;
  const { score, metrics } = winner.outcome;
  const rows: (readonly string[])[] = [[metric, formatScore(score)]];
  if (reference !== undefined) rows.push([`${metric} of the float model`, formatScore(reference)]);
  if (metrics["bytes"] !== undefined) rows.push(["size", formatBytes(metrics["bytes"])]);
  if (metrics["seconds"] !== undefined) rows.push(["latency (median)", formatSeconds(metrics["seconds"])]);
  return html`${htmlTable(["", `trial ${winner.id}`], rows)}
${htmlTable(
  ["dimension", "value"],
  Object.entries(winner.candidate).map(([name, value]) => [name, String(value)]),
)}`;
}

function curve({ done, winner, workload: { reference, unit }, metric, formatScore }: Scored): Html {
  const stairs: { x: number; y: number }[] = [];
  for (const { id, outcome } of done) {
    const last = stairs.at(-1);
    stairs.push({ x: id, y: Math.max(outcome.score, last?.y ?? Number.NEGATIVE_INFINITY) });
  }
  const best = stairs.at(-1);
  return html`<p>The line is the best ${metric} so far; each mark is a trial, the diamond the winner.</p>
${pointChart({
  label: best
    ? `${metric} of ${done.length} trials; the best so far ${unit === "nats" ? "falls" : "rises"} from ${formatScore(stairs[0]!.y)} to ${formatScore(best.y)}`
    : "",
  points: done.map((trial) => ({ x: trial.id, y: trial.outcome.score, title: titleOf(trial, formatScore), stressed: trial.id === winner?.id })),
  stairs,
  ...(reference !== undefined && { level: { y: reference, name: "float model" } }),
  ...{ xName: "trial", yName: metric, formatX: String, formatY: formatScore },
})}`;
}

function front({ result, done, winner, metric, formatScore }: Scored): Html {
  const measured = done.filter(({ outcome }) => outcome.metrics["bytes"] !== undefined);
  const best = paretoFront(result.trials, ["bytes", "seconds"]).filter(isDone);
  const ids = new Set(best.map(({ id }) => id));
  const largest = Math.max(...measured.map(({ outcome }) => outcome.metrics["bytes"]!));
  const [unit, name] = largest < 1024 ** 2 ? [1024, "KiB"] : [1024 ** 2, "MiB"];
  if (best.length === 0) return html`<p>Size and latency were not measured.</p>`;
  return html`<p>${metric} against size. Diamonds are the trials that no other beats in ${metric}, size and latency together.</p>
${pointChart({
  label: `${metric} and size of ${measured.length} trials, ${best.length} of them unbeaten; the table below holds those`,
  points: measured.map((trial) => ({
    ...{ x: trial.outcome.metrics["bytes"]! / unit, y: trial.outcome.score, title: titleOf(trial, formatScore) },
    stressed: ids.has(trial.id),
  })),
  ...{ xName: `size (${name})`, yName: metric, formatX: String, formatY: formatScore },
})}
${htmlTable(
  ["trial", metric, "size", "latency", "candidate"],
  best.map((trial) => [...figuresOf(trial, formatScore), `${candidateOf(trial)}${trial.id === winner?.id ? " (winner)" : ""}`]),
)}`;
}

function importanceSection({ space, result, metric }: Scored): Html {
  const shares = importances(space, result.trials);
  if (shares.length === 0) return html`<p>The trials do not tell: too few of them, or all with the same result.</p>`;
  return html`<p>How much each choice explains of the order of the trials by ${metric}: its share in what boosted trees gain from splitting by it.</p>
${barChart(shares.map(({ dimension, share }) => ({ label: dimension, value: share, text: formatShare(share) })))}`;
}

function trialsTable({ result, formatScore, metric }: Scored): Html {
  const rows = [...result.trials].sort((one, other) => one.id - other.id);
  return htmlTable(
    ["trial", metric, "size", "latency", "candidate"],
    rows.map((trial) => [...figuresOf(trial, formatScore), candidateOf(trial)]),
  );
}

function figuresOf({ id, effort, outcome }: Trial, formatScore: (score: number) => string): readonly string[] {
  if (outcome.status === "failed") return [String(id), `failed, ${outcome.code}: ${outcome.message}`, "", ""];
  const { bytes, seconds } = outcome.metrics;
  const part = effort < 1 ? ` on ${formatShare(effort)} of the data` : "";
  const figures = [formatScore(outcome.score) + part, bytes === undefined ? "" : formatBytes(bytes), seconds === undefined ? "" : formatSeconds(seconds)];
  return [String(id), ...figures.map((figure) => figure.replaceAll(" ", "\u00a0"))];
}

function candidateOf({ candidate }: Trial): string {
  return Object.entries(candidate)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function titleOf(trial: Done, formatScore: (score: number) => string): string {
  return `trial ${trial.id}: ${formatScore(trial.outcome.score)}, ${candidateOf(trial)}`;
}
