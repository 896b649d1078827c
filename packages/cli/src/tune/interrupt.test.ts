import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

const command = fileURLToPath(new URL("../../bin/halftone.js", import.meta.url));
const isBuilt = existsSync(new URL("../../dist/main.js", import.meta.url));

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(24);
});
afterEach(() => workspace.remove());

const argv = ["tune", "model.onnx", "--data", "images", "--preprocess", "card.json", "--strategy", "grid", "--journal", "search.jsonl", "--json"];

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command; a signal is sent as soon as stderr holds the text. */
function tune(options: readonly string[], interruption?: { readonly at: string; readonly signal: NodeJS.Signals }): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...argv, ...options], { cwd: workspace.folder });
  let [stdout, stderr, sent] = ["", "", false];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    if (!sent && interruption && stderr.includes(interruption.at)) sent = child.kill(interruption.signal);
  });
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}

const linesOf = async (): Promise<readonly string[]> => (await readFile(workspace.path("search.jsonl"), "utf8")).trimEnd().split("\n");
type Row = { readonly id: number; readonly candidate: object; readonly score: number };
const facts = ({ stdout }: Ended) => (JSON.parse(stdout).ranking as readonly Row[]).map(({ id, candidate, score }) => ({ id, candidate, score }));

describe.skipIf(!isBuilt)("a search that is stopped (needs the built command)", () => {
  test.each([[[]], [["--isolate"]]])("Ctrl-C with %j: the best so far is written, code 130, and --resume ends as if nothing had happened", async (how) => {
    const options = ["--trials", "20", "-o", "best.onnx", ...how];
    const stopped = await tune(options, { at: "trial 3 of 20", signal: "SIGINT" });
    expect(stopped.stderr).toContain("the best so far was written. The same command with --resume goes on.");
    expect(stopped.stderr).not.toMatch(/^ +at /m);
    expect([stopped.code, stopped.signal]).toEqual([130, null]);
    const answer = JSON.parse(stopped.stdout);
    expect(answer).toMatchObject({ end: "aborted", output: "best.onnx", error: { code: "aborted" } });
    expect(answer.trials.done).toBeLessThan(20);
    expect(await linesOf()).toHaveLength(answer.trials.done + 1);
    expect((await readdir(workspace.folder)).filter((name) => name.startsWith("best"))).toEqual(["best.onnx", "best.plan.json"]);

    const resumed = await tune([...options, "--resume"]);
    const whole = await tune(["--trials", "20", "--journal", "whole.jsonl"]);
    expect(facts(resumed)).toEqual(facts(whole));
  });

  test("kill -9: no finished trial is lost, none repeated", async () => {
    const killed = await tune(["--trials", "12"], { at: "trial 4 of 12", signal: "SIGKILL" });
    expect(killed.signal).toBe("SIGKILL");
    const before = await linesOf();
    expect(before.length).toBeGreaterThanOrEqual(5);
    const resumed = await tune(["--trials", "12", "--resume"]);
    expect(resumed.code).toBe(0);
    const after = await linesOf();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toHaveLength(13);
    expect(facts(resumed)).toEqual(facts(await tune(["--trials", "12", "--journal", "whole.jsonl"])));
  });
});
