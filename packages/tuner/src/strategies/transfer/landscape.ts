import type { Candidate } from "@halftone/core";
import { boost, predict } from "../../model/boost.ts";
import { matrixOf } from "../../model/rows.ts";
import type { Measured } from "./measured.ts";

/** XGBoost's defaults with the paper's 200 rounds: on some hundred rows the trees reproduce what was measured. */
const rounds = 200;

/** The regret of every point in another workload, by boosted trees on what was measured of it. */
export function regretsOf({ rows, best }: Measured, points: readonly Candidate[], encode: (candidate: Candidate) => readonly number[]): readonly number[] {
  const features = matrixOf(rows.map(({ candidate }) => encode(candidate)));
  const targets = Float32Array.from(rows, ({ score }) => score);
  const model = boost({ features, targets, groups: new Int32Array(rows.length) }, { rounds });
  return Array.from(predict(model, matrixOf(points.map(encode))), (score) => Math.max(0, best - score));
}
