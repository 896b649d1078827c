import { expect, test } from "vitest";
import { identity, measurement, row } from "./fixtures/rows.ts";
import type { Request, Suite } from "./request.ts";
import { keyOf, type Row } from "./row.ts";
import { suiteTables, summaryOf } from "./tables.ts";

const suite: Suite = { title: "Methods", models: ["vit", "flowers"], configs: ["w8a8", "w4a4"], methods: ["min-max", "other"] };
const request: Request = { suites: [suite], calibration: 32, evaluate: 400, seed: 0, journal: "", again: false, print: true, minutes: 1 };

function tablesOf(...rows: readonly Row[]): readonly string[] {
  const known = new Map(rows.map((each) => [keyOf(each), each]));
  return suiteTables(suite, request, { find: (wanted) => known.get(keyOf(wanted)) }).split("\n");
}

test("a row tells accuracy, its paired difference, cost and gain", () => {
  // sqrt(0.04 / 400) = 1 point.
  expect(tablesOf(row)).toContain("| w8a8 | min-max | 80.00 | 79.00 | -1.00 (1.00) | 96.00 | 12.3 | 302 | 0.270 | 1.50 | 0.750 |");
});

test("without labels only agreement is told", () => {
  const { float: _, quantized: __, changed: ___, ...rest } = measurement.result;
  const result = { ...rest, float: undefined, quantized: undefined, changed: undefined };
  const lines = tablesOf(row, { ...row, model: "flowers", result });
  expect(lines).toContain("| w8a8 | min-max |  |  |  | 96.00 | 12.3 | 302 | 0.270 | 1.50 | 0.750 |");
  expect(lines).toContain("| w8a8 | min-max | -1.00 (1.00) | 96.00 alike |");
});

test("a failure keeps the shape of the table, whatever its message", () => {
  const failed: Row = { ...identity, method: "other", failure: "bad | thing\nhappened", at: row.at, machine: row.machine };
  const lines = tablesOf(row, failed);
  const line = lines.find((each) => each.includes("fails"))!;
  expect(line).toContain("fails: bad thing happened");
  expect(line.split("|").length).toBe(lines.find((each) => each.startsWith("| w8a8 | min-max"))!.split("|").length);
});

test("says on which machines rows were measured, and leaves out what was not", () => {
  const lines = tablesOf(row, { ...row, config: "w4a4", machine: "2 cores" });
  expect(lines).toContain("Measured on 1 core.");
  expect(lines).toContain("Measured on 2 cores.");
  expect(lines.filter((line) => line.includes("flowers") || line.includes("other"))).toEqual([]);
});

test("the progress line has no empty cells", () => {
  expect(summaryOf({ ...identity, failure: "no", at: row.at, machine: row.machine })).toBe("vit  w8a8  min-max  fails: no");
});
