import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "./fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "./fixtures/workspace.ts";

const command = fileURLToPath(new URL("../bin/halftone.js", import.meta.url));
const isBuilt = existsSync(new URL("../dist/main.js", import.meta.url));

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(4);
  // Long enough to be interrupted at any of its stages.
  await writeFile(workspace.path("many.jsonl"), '"images/000.png"\n"images/001.png"\n'.repeat(4000));
});
afterEach(() => workspace.remove());

const argv = ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "many.jsonl", "--preprocess", "card.json", "--samples", "4000", "--verify", "4000"];

/** Runs the built command and sends the signal as soon as stderr holds the text. */
function interruptAt(text: string, signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stderr: string; readonly stdout: string }> {
  const child = spawn(process.execPath, [command, ...argv, "--progress", "json", "--report", "report.html"], { cwd: workspace.folder });
  let [stdout, stderr, sent] = ["", "", false];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    if (!sent && stderr.includes(text)) sent = child.kill(signal);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr, stdout })));
}

describe.skipIf(!isBuilt)("Ctrl-C (needs the built command)", () => {
  test.each([
    ["while normalizing", '"stage-start","stage":"normalize"', "SIGINT"],
    ["while calibrating", '"progress","stage":"calibrate"', "SIGINT"],
    ["while verifying", '"progress","stage":"verify"', "SIGINT"],
    ["asked to end", '"progress","stage":"calibrate"', "SIGTERM"],
  ] as const)("%s: a clean end with code 130, and no file", async (_, moment, signal) => {
    const { code, stderr, stdout } = await interruptAt(moment, signal);
    expect(stderr).toContain("error[aborted]: Interrupted; nothing was written.");
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stdout).toBe("");
    expect(code).toBe(130);
    expect((await readdir(workspace.folder)).sort()).toEqual(["card.json", "images", "labels.tsv", "many.jsonl", "model.onnx"]);
  });
});

test("an interruption before the work writes nothing", async () => {
  const { code, json } = await runCli(workspace.folder, [...argv, "--json"], { signal: AbortSignal.abort() });
  expect(code).toBe(130);
  expect(json.error.code).toBe("aborted");
  expect(existsSync(workspace.path("int8.onnx"))).toBe(false);
});
