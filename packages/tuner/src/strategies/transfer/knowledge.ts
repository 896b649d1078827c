import type { Candidate, SearchSpace, WorkloadTrials } from "@halftone/core";
import { meanOf, medianOf, varianceOf } from "../../model/averages.ts";
import { condition, type Prior } from "../../model/gaussian-process.ts";
import { keyOf } from "../../space/candidate-key.ts";
import { enumerate } from "../../space/enumerate.ts";
import { encoder } from "../encode.ts";
import { type Measured, measuredOf } from "../measured.ts";
import { closenessOf } from "./closeness.ts";
import { regretsOf } from "./landscape.ts";
import { type Series, similarityOf } from "./similarity.ts";

/** What other workloads teach. */
export interface Knowledge {
  /** Of the closeness of a candidate in a workload not seen yet. */
  readonly prior: Prior<Candidate>;
  readonly closeness: (regret: number) => number;
  /** How far the best of a workload is below the float model, usually. */
  readonly usualDrop: number | undefined;
  /** Variance of closeness over candidates and workloads. */
  readonly variance: number;
}

/** Undefined where there is no workload to learn from. */
export function learn(space: SearchSpace, others: readonly WorkloadTrials[]): Knowledge | undefined {
  const workloads = measuredOf(others);
  if (workloads.length === 0) return undefined;
  const closeness = closenessOf(workloads);
  const support = supportOf(workloads);
  const points = unique([...enumerate(space), ...workloads.flatMap(({ rows }) => rows.map(({ candidate }) => candidate))]);
  const encode = encoder(space);
  const landscapes = workloads.map((workload) => regretsOf(workload, points, encode).map(closeness));
  const shared = points.map((_, point) => meanOf(landscapes.map((landscape) => landscape[point]!)));
  const similarity = similarityOf(space, remainders(workloads, points, landscapes));
  const variance = varianceOf(landscapes.flat());

  // The shared landscape is a mean of few workloads: smoothed as one that was seen with an error, 1 / n of its variance.
  const level = meanOf(shared);
  const seen = points.flatMap((point, index) => {
    const count = support(point);
    return count === 0 ? [] : [{ point, value: shared[index]!, noise: 1 / count }];
  });
  const smooth = condition({ mean: () => level, covariance: similarity }, seen);
  const doubt = (candidate: Candidate): number => Math.sqrt(1 + 1 / Math.max(support(candidate), 0.5));
  const drops = workloads.flatMap(({ drop }) => (drop === undefined ? [] : [drop]));
  const means = new Map(points.map((point) => [point, smooth.mean(point)]));
  return {
    closeness,
    variance,
    usualDrop: drops.length === 0 ? undefined : medianOf(drops),
    prior: {
      mean: (candidate) => means.get(candidate) ?? smooth.mean(candidate),
      covariance: (one, other) => variance * doubt(one) * doubt(other) * similarity(one, other),
    },
  };
}

/** What is left of each workload when the mean of the others is taken away, where it was measured. */
function remainders(workloads: readonly Measured[], points: readonly Candidate[], landscapes: readonly (readonly number[])[]): readonly Series[] {
  const places = new Map(points.map((point, index) => [keyOf(point), index]));
  return workloads.map(({ rows }, own) =>
    rows.map(({ candidate }) => {
      const place = places.get(keyOf(candidate))!;
      const others = landscapes.filter((_, index) => index !== own).map((landscape) => landscape[place]!);
      return { candidate, value: landscapes[own]![place]! - meanOf(others) };
    }),
  );
}

/** In how many workloads a candidate was measured. */
function supportOf(workloads: readonly Measured[]): (candidate: Candidate) => number {
  const counts = new Map<string, number>();
  for (const { rows } of workloads) {
    for (const { candidate } of rows) counts.set(keyOf(candidate), (counts.get(keyOf(candidate)) ?? 0) + 1);
  }
  const known = new WeakMap<Candidate, number>();
  return (candidate) => {
    const count = known.get(candidate) ?? counts.get(keyOf(candidate)) ?? 0;
    known.set(candidate, count);
    return count;
  };
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) if (!known.has(keyOf(candidate))) known.set(keyOf(candidate), candidate);
  return [...known.values()];
}
