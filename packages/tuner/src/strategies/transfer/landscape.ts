import type { Candidate } from "@halftone/core";
import { varianceOf } from "../../model/averages.ts";
import { boost, predict } from "../../model/boost.ts";
import { matrixOf } from "../../model/rows.ts";
import type { Measured } from "../measured.ts";

/** With XGBoost's defaults: the settings of the paper. */
const rounds = 200;

/** The regret of every point in another workload as boosted trees see it. Measured points go through the trees too: ranks among them then rest less on noise. */
export function regretsOf({ rows, best }: Measured, points: readonly Candidate[], encode: (candidate: Candidate) => readonly number[]): readonly number[] {
  const features = matrixOf(rows.map(({ candidate }) => encode(candidate)));
  // In standard deviations: what a split has to gain is a fixed number in trees, whatever the unit of the score.
  const unit = Math.sqrt(varianceOf(rows.map(({ score }) => score)));
  const targets = Float32Array.from(rows, ({ score }) => (score - best) / unit);
  const model = boost({ features, targets, groups: new Int32Array(rows.length) }, { rounds });
  return Array.from(predict(model, matrixOf(points.map(encode))), (distance) => Math.max(0, -distance) * unit);
}
