/**
 * Boosted trees with transfer as Quantune has it (Lee et al., arXiv 2202.05048: "XGB-T"), with the settings that its author published: one model for all
 * networks, fit anew to the rows of the others and to what was measured of this one,
 *
 *     points of accuracy ~ trees(what was chosen, features of the network)          squared error, 200 rounds of depth 6
 *
 * and the largest prediction is next; the first in canonical order of equals. Points of different networks are compared as they are. Nothing is explored for
 * its own sake and nothing is drawn at random.
 */
import type { Candidate, SearchQuestion, SearchStrategy } from "@halftone/core";
import { type BoostingOptions, boost, predict } from "../../model/boost.ts";
import { matrixOf } from "../../model/rows.ts";
import { boostedTrees } from "../boosted-trees.ts";
import { marker } from "../encode.ts";
import { measuredOf } from "../measured.ts";
import { remaining, whole } from "../remaining.ts";
import { featureColumns } from "./feature-columns.ts";
import { type Row, rowsOf } from "./rows-of.ts";

export interface TransferPaperOptions {
  /** Default: those of the author's final model. `gamma` is in squared points. */
  readonly trees?: BoostingOptions;
  /** Asked while no other workload is known. Default boosted trees on this workload alone. */
  readonly fallback?: SearchStrategy;
}

/** Where nothing is said XGBoost's defaults, those of its time: predictions began at 0.5. */
const paper: BoostingOptions = { rounds: 200, eta: 0.3, gamma: 1, baseScore: 0.5 };

export function transferPaperSearch({ trees = paper, fallback = boostedTrees() }: TransferPaperOptions = {}): SearchStrategy {
  return {
    name: "transfer-paper",
    ask: (question) => {
      if (measuredOf(question.others).length === 0) return fallback.ask(question);
      return byPrediction(question, trees).slice(0, question.count).map(whole);
    },
  };
}

/** The remaining candidates, the largest prediction first. */
function byPrediction(question: SearchQuestion, trees: BoostingOptions): readonly Candidate[] {
  const left = remaining(question);
  const rows = rowsOf(question);
  const marksOf = marker(question.space);
  const featuresOf = featureColumns([question.workload, ...question.others.map(({ workload }) => workload)]);
  const encode = ({ candidate, features }: Pick<Row, "candidate" | "features">) => [...marksOf(candidate), ...featuresOf(features)];
  const targets = Float32Array.from(rows, ({ points }) => points);
  const model = boost({ features: matrixOf(rows.map(encode)), targets, groups: new Int32Array(rows.length) }, trees);
  const { features } = question.workload;
  const predictions = predict(model, matrixOf(left.map((candidate) => encode({ candidate, features }))));
  const order = left.map((_, index) => index).sort((one, other) => predictions[other]! - predictions[one]!);
  return order.map((index) => left[index]!);
}
