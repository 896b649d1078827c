import { mkdir, readFile, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { parsePlan } from "@halftone/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";
import { builtIn } from "./built-in.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(8);
});
afterEach(() => workspace.remove());

const quantize = (...argv: readonly string[]): Promise<CliResult> =>
  runCli(workspace.folder, ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "images", "--preprocess", "card.json", ...argv]);

/** Every activation on a grid of one step size, weights by their largest value. */
const method = `
const encoding = ({ dtype }, scale, zeroPoint) => ({ kind: "affine", dtype, scale: [scale], zeroPoint: [zeroPoint] });
const method = ({ step = 1 / 64 } = {}) => ({
  name: "fixed-step",
  observe: () => [],
  plan: async ({ graph, placement }) => ({
    encodings: Object.fromEntries([
      ...placement.activations.flatMap(({ tensors, config }) => tensors.map((tensor) => [tensor, encoding(config, step, 128)])),
      ...placement.weights.map(({ tensor, config }) => [tensor, encoding(config, Math.fround(Math.max(...graph.value(tensor).constant.data.map(Math.abs)) / 127), 0)]),
    ]),
    skipped: {},
  }),
});
`;
const fixedStep = `${method}export default { name: "fixed-step", methods: { "fixed-step": method } };`;

test("a method from a file, by a flag", async () => {
  await writeFile(workspace.path("fixed-step.mjs"), fixedStep);
  const { code, json } = await quantize("--plugin", "./fixed-step.mjs", "--method", "fixed-step", "--json");
  expect(code).toBe(0);
  expect(json.method).toBe("fixed-step");
  expect(json.agreement).toBe(100);
});

test("a method from a package, by the configuration file, with its options", async () => {
  await mkdir(workspace.path("settings/node_modules/halftone-fixed-step"), { recursive: true });
  await writeFile(workspace.path("settings/node_modules/halftone-fixed-step/index.mjs"), fixedStep);
  await writeFile(
    workspace.path("settings/node_modules/halftone-fixed-step/package.json"),
    JSON.stringify({ name: "halftone-fixed-step", exports: "./index.mjs" }),
  );
  await writeFile(
    workspace.path("settings/halftone.json"),
    JSON.stringify({ plugins: ["halftone-fixed-step"], method: "fixed-step", methodOptions: { step: 1 / 32 } }),
  );
  const { code } = await quantize("--config", "settings/halftone.json");
  expect(code).toBe(0);
  const plan = parsePlan(await readFile(workspace.path("int8.plan.json"), "utf8"));
  expect(plan.encodings["image"]).toMatchObject({ scale: [1 / 32], zeroPoint: [128] });
});

/** Says what searches may choose, and writes down what its factory is given. */
const searched = `${method}
import { appendFileSync } from "node:fs";
const noted = (options) => {
  appendFileSync(new URL("given.jsonl", import.meta.url), JSON.stringify(options) + "\\n");
  return method(options);
};
export default {
  name: "fixed-step",
  methods: { "fixed-step": noted },
  dimensions: { "fixed-step": [{ name: "step", values: [1 / 64, 2] }] },
};`;

describe("a search over a plugin's method", () => {
  const tune = (journal: string, ...argv: readonly string[]): Promise<CliResult> =>
    runCli(workspace.folder, ["tune", "model.onnx", "--data", "images", "--preprocess", "card.json", "--journal", journal, "--json", ...argv]);
  const ownSpace = ["--space", "space.json", "--strategy", "grid", "-o", "best.onnx"];
  beforeEach(async () => {
    const dimensions = [
      { name: "method", values: ["min-max", "fixed-step"] },
      { name: "images", values: [4] },
    ];
    await writeFile(workspace.path("space.json"), JSON.stringify({ name: "own", dimensions }));
    await writeFile(workspace.path("searched.mjs"), searched);
  });

  test("tries the options that the plugin declares, hands them to the method and writes what it found", async () => {
    const { code, json } = await tune("search.jsonl", "--plugin", "./searched.mjs", ...ownSpace);
    expect([code, json.candidates, json.trials.done]).toEqual([0, 3, 3]);
    const score = (candidate: object): number => json.ranking.find((row: { candidate: object }) => isDeepStrictEqual(row.candidate, candidate)).score;
    const [fine, coarse] = [1 / 64, 2].map((step) => ({ method: "fixed-step", images: 4, "fixed-step.step": step }));
    expect(score(fine!)).toBeGreaterThan(score(coarse!));
    expect(score({ method: "min-max", images: 4 })).toBeGreaterThan(score(coarse!));
    const given = (await readFile(workspace.path("given.jsonl"), "utf8")).trimEnd().split("\n");
    expect(new Set(given)).toEqual(new Set([1 / 64, 2].map((step) => JSON.stringify({ step }))));

    await writeFile(
      workspace.path("space.json"),
      JSON.stringify({
        name: "own",
        dimensions: [
          { name: "method", values: ["fixed-step"] },
          { name: "fixed-step.step", values: [1 / 32] },
        ],
      }),
    );
    const own = await tune("own.jsonl", "--plugin", "./searched.mjs", ...ownSpace);
    expect(own.json.best.candidate).toEqual({ method: "fixed-step", "fixed-step.step": 1 / 32 });
    expect(parsePlan(await readFile(workspace.path("best.plan.json"), "utf8")).encodings["image"]).toMatchObject({ scale: [1 / 32] });
  });

  test("in the space full, where the command's own methods declare options too", async () => {
    const full = ["--strategy", "grid", "--space", "full", "--method", "fixed-step", "--method", "fq-vit", "--trials", "1"];
    const { code, json } = await tune("full.jsonl", "--plugin", "./searched.mjs", ...full);
    expect([code, json.best.candidate["fixed-step.step"]]).toEqual([0, 1 / 64]);
    // Two steps and four observers; schemes, granularities, images (1 and 6), precisions.
    expect(json.candidates).toBe((2 + 4) * 4 * 2 * 2 * 2);
  });

  test("whatever the command's own methods offer is an option that they take", async () => {
    for (const [name, options] of Object.entries(builtIn().dimensions!)) {
      await writeFile(workspace.path("space.json"), JSON.stringify({ name: "own", dimensions: [{ name: "method", values: [name] }] }));
      const { json } = await tune(`${name}.jsonl`, ...ownSpace);
      expect(json.trials).toEqual({ done: options.reduce((product, { values }) => product * values.length, 1), failed: 0 });
    }
  });

  test("a journal is gone on with only while the plugin declares the same", async () => {
    await tune("search.jsonl", "--plugin", "./searched.mjs", ...ownSpace, "--trials", "1");
    await writeFile(workspace.path("other.mjs"), searched.replace("[1 / 64, 2]", "[1 / 64, 1]"));
    const { code, json } = await tune("search.jsonl", "--plugin", "./other.mjs", ...ownSpace, "--resume");
    expect([code, json.error.code, json.error.details.field]).toEqual([1, "journal-mismatch", "space"]);
  });

  test("an option of a method that the plugin does not bring", async () => {
    await writeFile(workspace.path("searched.mjs"), searched.replace('dimensions: { "fixed-step"', 'dimensions: { "fixed-stop"'));
    const { code, json } = await tune("search.jsonl", "--plugin", "./searched.mjs", "--trials", "1");
    expect([code, json.error]).toMatchObject([1, { code: "invalid-config", details: { plugin: "fixed-step", method: "fixed-stop", dimension: "step" } }]);
  });
});

test("a module that is no plugin", async () => {
  await writeFile(workspace.path("empty.mjs"), "export const nothing = 1;\n");
  const { code, stderr } = await quantize("--plugin", "./empty.mjs");
  expect(code).toBe(1);
  expect(stderr).toMatch(/error\[invalid-config\]: Plugin \.\/empty\.mjs has no default export/);
});

test("a method that throws is reported, not lost", async () => {
  await writeFile(workspace.path("broken.mjs"), fixedStep.replace("observe: () => []", 'observe: () => { throw new TypeError("no such tensor"); }'));
  const { code, stderr } = await quantize("--plugin", "./broken.mjs", "--method", "fixed-step");
  expect(code).toBe(2);
  expect(stderr).toMatch(/error\[internal\]: .*no such tensor/);
});
