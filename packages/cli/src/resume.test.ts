import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parsePlan, type QuantPlan } from "@halftone/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "./fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "./fixtures/workspace.ts";

const command = fileURLToPath(new URL("../bin/halftone.js", import.meta.url));
const isBuilt = existsSync(new URL("../dist/main.js", import.meta.url));
const argv = ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "images", "--preprocess", "card.json", "--method", "easyquant", "--samples", "8"];

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(12);
});
afterEach(() => workspace.remove());

const record = (): string => workspace.path("int8.search.jsonl");
const lines = (): readonly string[] => (existsSync(record()) ? readFileSync(record(), "utf8").split("\n").filter(Boolean) : []);
/** Steps that found something for a layer; the first line tells which ranges the search starts from. */
const findings = (): readonly string[] => lines().filter((line) => line.includes('"weights"'));
const planOf = async (): Promise<QuantPlan> => parsePlan(await readFile(workspace.path("int8.plan.json"), "utf8"));

/** Runs the built command and sends the signal as soon as one step of the search is kept. */
function endAfterOneStep(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [command, ...argv], { cwd: workspace.folder });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  let sent = false;
  const watch = setInterval(() => {
    // Once: a second request to stop ends the process at once.
    if (!sent && findings().length > 0) sent = child.kill(signal);
  }, 1);
  return new Promise((resolve) =>
    child.once("close", (code) => {
      clearInterval(watch);
      resolve({ code, stderr });
    }),
  );
}

describe.skipIf(!isBuilt)("a search that did not end (needs the built command)", () => {
  test("killed: --resume goes on with what it had found, and the plan is that of an undisturbed run", async () => {
    await runCli(workspace.folder, argv);
    const undisturbed = await planOf();
    await endAfterOneStep("SIGKILL");
    expect(findings().length).toBeGreaterThan(0);
    const { code } = await runCli(workspace.folder, [...argv, "--resume"]);
    expect(code).toBe(0);
    expect(await planOf()).toEqual(undisturbed);
    expect(existsSync(record())).toBe(false);
  });

  test("finished steps are taken from the record, not searched again", async () => {
    await endAfterOneStep("SIGKILL");
    const [first] = findings();
    const { key, value } = JSON.parse(first!);
    const weight = Object.keys(value.weights)[0]!;
    const scale = value.weights[weight].scale.map((each: number) => Math.fround(each * 1.01));
    const changed = { ...value, weights: { ...value.weights, [weight]: { ...value.weights[weight], scale } } };
    await writeFile(record(), `${JSON.stringify({ key, value: changed })}\n`);
    await runCli(workspace.folder, [...argv, "--resume"]);
    expect((await planOf()).encodings[weight]!.scale).toEqual(scale);
  });

  test("interrupted: says how to go on; without --resume a new run starts anew", async () => {
    const { code, stderr } = await endAfterOneStep("SIGINT");
    expect(code).toBe(130);
    expect(stderr).toContain("finished steps of the search are kept in int8.search.jsonl; the same command with --resume goes on with them");
    await writeFile(record(), `${findings()[0]}\n{"key":"torn`);
    expect((await runCli(workspace.folder, argv)).code).toBe(0);
    expect(existsSync(record())).toBe(false);
  });
});
