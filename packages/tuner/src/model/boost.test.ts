import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type BoostingOptions, boost, predict } from "./boost.ts";
import { matrixOf, type TrainingRows } from "./rows.ts";

interface Case {
  readonly objective: NonNullable<BoostingOptions["objective"]>;
  readonly options: BoostingOptions;
  readonly features: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly groups: readonly number[];
  readonly unseen: readonly (readonly number[])[];
  readonly predictions: readonly number[];
}

/** Printed by bench/peers/boosted_trees.py. */
const golden = JSON.parse(readFileSync(new URL("./fixtures/xgboost.json", import.meta.url), "utf8")) as {
  readonly xgboost: string;
  readonly cases: readonly Case[];
};

describe(`predicts what xgboost ${golden.xgboost} predicts`, () => {
  test.each(golden.cases.map((each) => [each.objective, JSON.stringify(each.options), each] as const))("%s %s", (objective, _, each) => {
    const model = boost(rowsOf(each), { ...each.options, objective });
    const predictions = predict(model, matrixOf([...each.features, ...each.unseen]));
    const worst = Math.max(...each.predictions.map((expected, row) => Math.abs(expected - predictions[row]!)));
    expect(Math.max(...each.predictions) - Math.min(...each.predictions)).toBeGreaterThan(1);
    expect(worst).toBeLessThan(1e-5);
  });
});

test("survives JSON", () => {
  const [each] = golden.cases;
  const model = boost(rowsOf(each!), { rounds: 5 });
  const features = matrixOf(each!.unseen);
  expect(predict(JSON.parse(JSON.stringify(model)), features)).toEqual(predict(model, features));
});

test("learns from the rows it is told to", () => {
  const rows: TrainingRows = { features: matrixOf([[0], [1], [2]]), targets: Float32Array.of(1, 2, 90), groups: new Int32Array(3) };
  const model = boost(rows, { rounds: 1, eta: 1, lambda: 0 }, [0, 1]);
  expect([...predict(model, matrixOf([[0], [1], [2]]))]).toEqual([1, 2, 2]);
});

test("predicts the mean of rows that nothing tells apart, and nothing of no rows", () => {
  const same: TrainingRows = { features: matrixOf([[1], [1]]), targets: Float32Array.of(2, 4), groups: new Int32Array(2) };
  expect([...predict(boost(same), same.features)]).toEqual([3, 3]);
  expect([...predict(boost(same, {}, []), same.features)]).toEqual([0, 0]);
});

function rowsOf(each: Case): TrainingRows {
  return { features: matrixOf(each.features), targets: Float32Array.from(each.targets), groups: Int32Array.from(each.groups) };
}
