import { formatBytes, formatSeconds, formatShare, type Trial, type TuneEvent, type Workload } from "@halftone/core";
import { formatScore } from "@halftone/tuner";
import type { Context } from "../outcome.ts";
import { candidateText } from "./candidate-text.ts";

type Unit = Workload["unit"];
type Show = (event: TuneEvent) => void;

/** A line for every trial, with the best so far and the time that is left at the pace of this run. */
export function showSearch({ onEvent }: Pick<Context, "onEvent">, unit: Unit, now: () => number): Show {
  const start = now();
  let ended = 0;
  return (event) => {
    if (event.type === "trial-start") return;
    ended++;
    const { trial, best, done, total } = event;
    const secondsLeft = (Math.max(0, total - done) * (now() - start)) / ended;
    const bestText = best === undefined ? "none yet" : scoreText(best, unit);
    const left = done < total ? `, about ${formatSeconds(secondsLeft)} left` : "";
    onEvent({
      type: "trial-end",
      trial,
      best: best?.id,
      done,
      total,
      secondsLeft,
      text: `trial ${done} of ${total}: ${lineOf(trial, unit)} (best ${bestText}${left})`,
    });
  };
}

function lineOf(trial: Trial, unit: Unit): string {
  const { outcome, candidate, effort } = trial;
  const part = effort < 1 ? ` on ${formatShare(effort)} of the data` : "";
  return outcome.status === "failed" ? `failed${part}, ${outcome.code}: ${outcome.message}` : `${scoreText(trial, unit)}${part}, ${candidateText(candidate)}`;
}

export function scoreText({ outcome }: Trial, unit: Unit): string {
  return outcome.status === "done" ? formatScore(outcome.score, unit) : "failed";
}

export function bytesText({ outcome }: Trial): string {
  return outcome.status === "done" && outcome.metrics["bytes"] !== undefined ? formatBytes(outcome.metrics["bytes"]) : "";
}

export function secondsText({ outcome }: Trial): string {
  return outcome.status === "done" && outcome.metrics["seconds"] !== undefined ? formatSeconds(outcome.metrics["seconds"]) : "";
}
