import { writeFile } from "node:fs/promises";
import { nodeTarget } from "@halftone/node";
import { findChromium } from "@halftone/web/chromium";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(8);
});
afterEach(() => workspace.remove());

const images = ["--data", "images", "--preprocess", "card.json"];
const halftone = (...argv: readonly string[]): Promise<CliResult> => runCli(workspace.folder, argv);

/** A runtime that answers zeros, as a target and a backend of one name. */
const zeros = `
const run = async () => ({ scores: { dtype: "float32", shape: [1, 6], data: new Float32Array(6) } });
export default {
  name: "zeros",
  targets: { zeros: () => ({ name: "zeros", runtime: "zeros 1", operators: {}, defaults: {}, note: "none", supports: () => ({ ok: true }) }) },
  backends: { zeros: () => ({ name: "zeros", open: async () => ({ inputs: ["image"], outputs: ["scores"], run, dispose: async () => {} }) }) },
};
`;

test("a model quantized for WebAssembly is quantized and compared on this machine's CPU and in a browser", async (context) => {
  if (findChromium(process.env) === undefined) context.skip("needs Chromium: install it, or name one in HALFTONE_CHROMIUM");
  const { name: cpu } = await nodeTarget();
  for (const target of ["web-wasm", "web-wasm-integer"]) {
    const made = await halftone("quantize", "model.onnx", "-o", `${target}.onnx`, ...images, "--target", target, "--json");
    expect(made.code, made.stderr).toBe(0);
    expect(made.json.target).toBe(target);
    const { code, json, stderr } = await halftone("verify", `${target}.onnx`, ...images, "--targets", `${cpu},web-wasm`, "--json");
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ reference: cpu, count: 4, targets: [{ target: cpu }, { target: "web-wasm", agrees: true, failure: null }] });
    expect(json.targets[1].outputs.scores.cosine).toBeGreaterThan(0.999);
  }
});

test("a runtime that answers otherwise fails the gate, with random numbers as well", async () => {
  await writeFile(workspace.path("zeros.mjs"), zeros);
  const { name: cpu } = await nodeTarget();
  const { code, json, stderr } = await halftone("verify", "model.onnx", "--targets", `${cpu},zeros`, "--plugin", "./zeros.mjs", "--json");
  expect(code).toBe(3);
  expect(json.error).toMatchObject({ code: "runtimes-disagree", details: { targets: ["zeros"], reference: cpu } });
  expect(json.targets[1]).toMatchObject({ agrees: false, outputs: { scores: { sqnrDb: 0, cosine: 0 } } });
  expect(stderr).toContain("error[runtimes-disagree]");
});

test("another CPU, an unknown target and one target alone are refused", async () => {
  const other = (await nodeTarget()).name === "node-cpu-vnni" ? "node-cpu-avx2" : "node-cpu-vnni";
  const refused = await halftone("verify", "model.onnx", "--targets", `${other},web-wasm`);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/backend-unavailable.*another CPU/)]);
  const unknown = await halftone("verify", "model.onnx", "--targets", "web-wsam,web-webgpu");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Did you mean "web-wasm"?')]);
  expect((await halftone("verify", "model.onnx", "--targets", "web-wasm")).stderr).toContain("at least 2");
});
