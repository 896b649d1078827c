import { expect, test } from "vitest";
import { models } from "./models.ts";
import { parseRequest, rowsOf, type Suite } from "./request.ts";

const [first, second] = Object.keys(models) as [string, string];
const suite: Suite = { title: "all", models: [first, second], configs: ["w8a8", "w8a8-tensor", "w4a4"], methods: ["a", "a:more", "b"] };
const parse = (...parameters: readonly string[]) => parseRequest(parameters, [suite], "default.jsonl");
const invalid = expect.objectContaining({ code: "invalid-config" });

test("without flags it is everything", () => {
  const request = parse();
  expect(request).toMatchObject({ suites: [suite], calibration: 32, seed: 0, journal: "default.jsonl", again: false, print: false });
  const rows = rowsOf(suite, request);
  expect(rows).toHaveLength(2 * 3 * 3);
  expect(rows[0]).toEqual({ model: first, method: "a", config: "w8a8", calibration: 32, evaluate: models[first], seed: 0 });
});

test("a name is meant as it stands, a beginning means all that begin so", () => {
  const [chosen] = parse("--methods", "a", "--configs", "w8a8-tensor,w4").suites;
  expect(chosen).toMatchObject({ methods: ["a"], configs: ["w8a8-tensor", "w4a4"], models: suite.models });
  expect(parse("--configs", "w").suites[0]!.configs).toEqual(suite.configs);
});

test("fewer samples on request, never more than there are", () => {
  expect(rowsOf(suite, parse("--evaluate", "100"))[0]!.evaluate).toBe(100);
  expect(rowsOf(suite, parse("--evaluate", "100000"))[0]!.evaluate).toBe(models[first]);
});

test.each([
  [["--models", "nothing"]],
  [["--evaluate", "0"]],
  [["--evaluate", "half"]],
  [["--calibration", "1.5"]],
  [["--minutes", "-1"]],
  [["--seed", "x"]],
  [["--unknown"]],
  [["stray"]],
])("refuses %s", (parameters) => {
  expect(() => parse(...parameters)).toThrow(invalid);
});

test("a name that only one of several suites has is known, and empties the others", () => {
  const other: Suite = { title: "other", models: [first], configs: ["w6a6"], methods: ["c"] };
  const { suites } = parseRequest(["--methods", "c"], [suite, other], "");
  expect(suites.map(({ methods }) => methods)).toEqual([[], ["c"]]);
});
