import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parsePlan } from "@halftone/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(8);
});
afterEach(() => workspace.remove());

const quantize = (...argv: readonly string[]): Promise<CliResult> =>
  runCli(workspace.folder, ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "images", "--preprocess", "card.json", ...argv]);

/** Every activation on a grid of one step size, weights by their largest value. */
const fixedStep = `
const encoding = ({ dtype }, scale, zeroPoint) => ({ kind: "affine", dtype, scale: [scale], zeroPoint: [zeroPoint] });
export default {
  name: "fixed-step",
  methods: {
    "fixed-step": ({ step = 1 / 64 } = {}) => ({
      name: "fixed-step",
      observe: () => [],
      plan: async ({ graph, placement }) => ({
        encodings: Object.fromEntries([
          ...placement.activations.flatMap(({ tensors, config }) => tensors.map((tensor) => [tensor, encoding(config, step, 128)])),
          ...placement.weights.map(({ tensor, config }) => [tensor, encoding(config, Math.fround(Math.max(...graph.value(tensor).constant.data.map(Math.abs)) / 127), 0)]),
        ]),
        skipped: {},
      }),
    }),
  },
};
`;

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
