import type { Workload } from "@halftone/core";
import { medianOf } from "../../model/averages.ts";

/**
 * Features of networks as numbers for a model to learn from, a column for each that any workload knows. Journals differ in what they know: a workload that
 * lacks a feature takes the middle of those that have it, which sets it apart from none.
 */
export function featureColumns(workloads: readonly Workload[]): (features: Workload["features"]) => readonly number[] {
  const names = [...new Set(workloads.flatMap(({ features }) => Object.keys(features)))].sort();
  const middles = names.map((name) => medianOf(workloads.flatMap(({ features }) => known(features, name))));
  return (features) => names.map((name, column) => known(features, name)[0] ?? middles[column]!);
}

function known(features: Workload["features"], name: string): readonly number[] {
  const value = features[name];
  return value === undefined ? [] : [value];
}
