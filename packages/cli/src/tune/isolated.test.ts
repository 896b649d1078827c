import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";
import { parseSetup, portableSetup } from "./setup.ts";

const isBuilt = existsSync(new URL("../../dist/tune/trial-host.js", import.meta.url));

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(12);
});
afterEach(() => workspace.remove());

const tune = (journal: string) => ["tune", "model.onnx", "--data", "images", "--preprocess", "card.json", "--strategy", "grid", "--json", "--journal", journal];
const halftone = (...argv: string[]): Promise<CliResult> => runCli(workspace.folder, argv);
type Row = { readonly id: number; readonly candidate: object; readonly score: number; readonly bytes: number };
const facts = ({ json }: CliResult) => (json.ranking as readonly Row[]).map(({ id, candidate, score, bytes }) => ({ id, candidate, score, bytes }));

/** A method that takes the whole process with it. */
const crashing = `export default {
  name: "crashing",
  methods: { crashing: () => ({ name: "crashing", observe: () => process.abort(), plan: async () => undefined }) },
};`;

describe.skipIf(!isBuilt)("tune --isolate (needs the built command)", () => {
  test("answers as in one process, with several trials at once too", async () => {
    const here = await halftone(...tune("here.jsonl"), "--trials", "6");
    const isolated = await halftone(...tune("isolated.jsonl"), "--trials", "6", "--isolate", "--parallel", "2");
    expect(isolated.code).toBe(0);
    expect(facts(isolated)).toEqual(facts(here));
  });

  test("a method gets its options there too, and divergence is measured as in one process", async () => {
    const space = { name: "own", dimensions: [{ name: "method", values: ["fq-vit"] }] };
    await writeFile(workspace.path("space.json"), JSON.stringify(space));
    const own = ["--space", "space.json", "--score", "kl"];
    const here = await halftone(...tune("here.jsonl"), ...own);
    const isolated = await halftone(...tune("isolated.jsonl"), ...own, "--isolate");
    expect(isolated.json).toMatchObject({ metric: "kl", trials: { done: 4, failed: 0 } });
    expect(facts(isolated)).toEqual(facts(here));
    expect(new Set(facts(here).map(({ score }) => score)).size).toBeGreaterThan(1);
  });

  test("a candidate that crashes the process is a failed trial; what works is found", async () => {
    await writeFile(workspace.path("crashing.mjs"), crashing);
    await writeFile(workspace.path("space.json"), JSON.stringify({ name: "risky", dimensions: [{ name: "method", values: ["crashing", "min-max"] }] }));
    const { code, json } = await halftone(...tune("search.jsonl"), "--plugin", "./crashing.mjs", "--space", "space.json", "--isolate", "-o", "best.onnx");
    expect(code).toBe(0);
    expect(json).toMatchObject({ trials: { done: 1, failed: 1 }, end: "exhausted", best: { candidate: { method: "min-max" } } });
    expect(json.failures).toMatchObject([{ candidate: { method: "crashing" }, code: "backend-failed", message: expect.stringContaining("SIGABRT") }]);
    expect(existsSync(workspace.path("best.onnx"))).toBe(true);
  });

  test("so is one that takes longer than it may", async () => {
    const { code, json } = await halftone(...tune("search.jsonl"), "--trials", "1", "--isolate", "--trial-timeout", "0.001s");
    expect(code).toBe(2);
    expect(json.failures).toMatchObject([{ message: expect.stringContaining("longer than 0.001 s") }]);
  });
});

test.each([
  [["--parallel", "2"], /--isolate/],
  [["--trial-timeout", "5s"], /--isolate/],
  [["--queue", "redis://127.0.0.1:1", "--trial-memory", "100"], /halftone worker/],
  [["--queue", "redis://127.0.0.1:1", "--isolate"], /cannot be used with/],
])("refuses %j", async (argv, message) => {
  const { code, json } = await halftone(...tune("search.jsonl"), ...argv);
  expect(code).toBe(1);
  expect(json.error.message).toMatch(message);
});

describe("what workers are told", () => {
  const setup = { model: "m.onnx", data: "images", target: "t", seed: 0, calibration: 4, evaluation: 8 };

  test("survives the way, with paths from the working folder", () => {
    const portable = portableSetup({ ...setup, score: "kl", data: "/srv/search/images/../photos" }, "/srv/search");
    expect(portable.data).toBe("photos");
    expect(parseSetup(JSON.parse(JSON.stringify(portable)))).toEqual(portable);
  });

  test.each([
    [{ model: "/etc/passwd" }, "model"],
    [{ data: "../elsewhere" }, "data"],
    [{ labels: "a/../../b" }, "labels"],
    [{ seed: -1 }, "seed"],
    [{ score: "entropy" }, "score"],
    [{ target: undefined }, "target"],
  ])("%j is refused", (part, field) => {
    expect(() => parseSetup({ ...setup, ...part })).toThrow(expect.objectContaining({ code: "invalid-data", details: { field } }));
  });

  test("a search whose files workers could not find is refused", () => {
    expect(() => portableSetup({ ...setup, model: "../m.onnx" }, "/srv/search")).toThrow(
      expect.objectContaining({ code: "invalid-config", details: { field: "model" } }),
    );
  });
});
