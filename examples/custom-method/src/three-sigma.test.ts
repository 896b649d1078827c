import { createRegistry, seededRandom } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { expect, test } from "vitest";
import { compareMethods } from "./compare-methods.ts";
import { createMoments } from "./moments.ts";
import plugin from "./plugin.ts";
import { threeSigma } from "./three-sigma.ts";

test("quantizes a real model, with finer steps than min-max", async () => {
  const results = await compareMethods([minMax(), threeSigma()]);
  const [range, sigma] = [results["min-max"]!, results["three-sigma"]!];
  expect(sigma.report.nodes.quantized).toBe(range.report.nodes.quantized);
  expect(sigma.report.nodes.quantized).toBeGreaterThan(sigma.report.nodes.total / 2);
  const tensors = Object.keys(sigma.plan.encodings);
  expect(tensors).toEqual(Object.keys(range.plan.encodings));
  const finer = tensors.filter((tensor) => sigma.plan.encodings[tensor]!.scale[0]! < range.plan.encodings[tensor]!.scale[0]!);
  const coarser = tensors.filter((tensor) => sigma.plan.encodings[tensor]!.scale[0]! > range.plan.encodings[tensor]!.scale[0]!);
  expect(finer.length).toBeGreaterThan(5);
  expect(coarser).toEqual([]);
  const [sqnr, bound] = [sigma, range].map(({ report }) => Object.values(report.outputs)[0]!.sqnrDb) as [number, number];
  expect(sqnr).toBeGreaterThan(bound - 3);
});

test("has a name for the command line", () => {
  expect(createRegistry([plugin]).method("three-sigma", { deviations: 2 }).name).toBe("three-sigma");
});

test("moments are those of all values", () => {
  const random = seededRandom(4);
  const values = Array.from({ length: 5000 }, () => 100 + random());
  const moments = createMoments();
  for (const value of values) moments.add(value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const seen = moments.result();
  expect(seen.mean).toBeCloseTo(mean, 9);
  expect(seen.deviation).toBeCloseTo(Math.sqrt(variance), 9);
  expect([seen.least, seen.most]).toEqual([Math.min(...values), Math.max(...values)]);
});
