import type { Trial } from "@halftone/core";

/** What is to be small besides a large score: a metric of the trials, such as `bytes` or `seconds`. */
export type Cost = string;

/**
 * The trials that no other beats: none has a score at least as large, costs at most as large, and one of them better. Of equals the first started.
 * Trials on part of the data, failed ones and those without one of the metrics are left out. Largest score first.
 */
export function paretoFront(trials: readonly Trial[], costs: readonly Cost[]): readonly Trial[] {
  const points = trials.flatMap((trial) => pointOf(trial, costs)).sort((one, other) => one.trial.id - other.trial.id);
  const front = points.filter(
    (point, index) => !points.some((other, place) => beats(other.values, point.values) || (place < index && equals(other.values, point.values))),
  );
  return front.sort((one, other) => other.values[0]! - one.values[0]!).map(({ trial }) => trial);
}

/** The trial of least cost among those whose score is at least `score`; of equals the larger score, then the first started. */
export function cheapestWithin(trials: readonly Trial[], score: number, cost: Cost): Trial | undefined {
  const points = trials.flatMap((trial) => pointOf(trial, [cost])).filter(({ values }) => values[0]! >= score);
  return points.sort((one, other) => other.values[1]! - one.values[1]! || other.values[0]! - one.values[0]! || one.trial.id - other.trial.id)[0]?.trial;
}

/** Larger is better in every place. */
interface Point {
  readonly trial: Trial;
  readonly values: readonly number[];
}

function pointOf(trial: Trial, costs: readonly Cost[]): readonly Point[] {
  const { effort, outcome } = trial;
  if (effort !== 1 || outcome.status !== "done" || costs.some((cost) => outcome.metrics[cost] === undefined)) return [];
  return [{ trial, values: [outcome.score, ...costs.map((cost) => -outcome.metrics[cost]!)] }];
}

function beats(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, index) => value >= other[index]!) && !equals(one, other);
}

function equals(one: readonly number[], other: readonly number[]): boolean {
  return one.every((value, index) => value === other[index]);
}
