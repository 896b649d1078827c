import { enumerate, quantune96 } from "@halftone/tuner";
import { expect, test } from "vitest";
import { type LandscapeFile, landscapeText, rowsOf } from "./landscape-file.ts";
import { measuredLandscape } from "./measured.ts";

const space = quantune96({ images: [1, 64, 512] });
const candidates = enumerate(space);
const dimensions = space.dimensions.map(({ name }) => name);
const file: LandscapeFile = {
  command: "npm run bench -- landscape model",
  machine: "2 cores",
  model: "model",
  weights: "float-trained",
  samples: { calibration: 512, evaluation: 400 },
  features: { convolutions: 3 },
  float: 300,
  dimensions,
  trials: candidates.map((candidate, index) => [...dimensions.map((name) => candidate[name]!), index, 1000 + index]),
};

test("a landscape survives its file, and its figures are percent of right answers", () => {
  const read = JSON.parse(landscapeText(file)) as LandscapeFile;
  expect(read).toEqual(file);
  expect(rowsOf(read)).toEqual(candidates.map((candidate, index) => [candidate, index / 4]));
  const { table, scoreOf } = measuredLandscape(read);
  expect(table.workload).toEqual({ id: "model", features: { convolutions: 3 }, reference: 75 });
  expect(candidates.map(scoreOf)).toEqual(candidates.map((_, index) => index / 4));
});

test("a landscape with a hole is refused", () => {
  expect(() => measuredLandscape({ ...file, trials: file.trials.slice(1) })).toThrow(JSON.stringify(candidates[0]));
});
