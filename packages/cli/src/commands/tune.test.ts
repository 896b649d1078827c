import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { parsePlan, readModel } from "@halftone/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace();
});
afterEach(() => workspace.remove());

const data = ["--data", "images", "--preprocess", "card.json"];
const tune = ["tune", "model.onnx", ...data, "--journal", "search.jsonl"];
const labels = ["--labels", "labels.tsv"];
const halftone = (...argv: string[]): Promise<CliResult> => runCli(workspace.folder, argv);
type Row = {
  readonly id: number;
  readonly score: number;
  readonly bytes: number;
  readonly latencyMs: number;
  readonly candidate: Readonly<Record<string, unknown>>;
};

async function linesOf(file: string): Promise<readonly ReturnType<typeof JSON.parse>[]> {
  return (await readFile(workspace.path(file), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("tune", () => {
  test("searches, shows every trial with the time left, and writes the winner with its plan", async () => {
    const { code, stdout, stderr } = await halftone(...tune, ...labels, "--trials", "6", "--seed", "3", "-o", "best.onnx");
    expect(code).toBe(0);
    expect(stderr).toMatch(/trial 1 of 6: \d+\.\d\d %, .*scheme=.* \(best \d+\.\d\d %, about .* left\)/);
    expect(stderr).toMatch(/trial 6 of 6: .*\(best \d+\.\d\d %\)/);
    expect(stdout).toContain("6 trials of 64 candidates of quantune-96 by transfer: all trials are done; the float model reaches 100.00 %");
    expect(stdout).toMatch(/^\* \d+ +100\.00 % +\d+\.\d KiB +[\d.]+ ms +scheme=/m);
    expect(stdout).toContain("the journal is search.jsonl; wrote best.onnx, best.plan.json");
    const operators = readModel({ model: await readFile(workspace.path("best.onnx")) }).graph.nodes.map(({ op }) => op);
    expect(operators).toContain("QuantizeLinear");
    expect(parsePlan(await readFile(workspace.path("best.plan.json"), "utf8")).method).toMatch(/^min-max/);
    expect(await linesOf("search.jsonl")).toHaveLength(7);
  });

  test("--json answers with one object: the winner first in the ranking, and what is written is what was measured", async () => {
    const { code, json } = await halftone(...tune, ...labels, "--trials", "5", "-o", "best.onnx", "--json", "--progress", "json");
    expect(code).toBe(0);
    expect(json).toMatchObject({
      ...{ model: "model.onnx", journal: "search.jsonl", output: "best.onnx", plan: "best.plan.json", space: "quantune-96", strategy: "transfer", seed: 0 },
      ...{ metric: "top1", reference: 100, end: "trials", trials: { done: 5, failed: 0 }, failures: [] },
    });
    const rows = json.ranking as readonly Row[];
    expect(rows).toHaveLength(5);
    expect(json.best).toEqual(rows[0]);
    expect(rows.map(({ score }) => score)).toEqual(rows.map(({ score }) => score).sort((left, right) => right - left));
    expect((await readFile(workspace.path("best.onnx"))).byteLength).toBe(json.best.bytes);
    const measured = await halftone("evaluate", "best.onnx", ...data, ...labels, "--json");
    expect(measured.json.top1).toBe(json.best.score);
    expect(json.pareto.every((id: number) => rows.some((row) => row.id === id))).toBe(true);
  });

  test("--report writes what the search found as a page, with or without the model", async () => {
    const { code, stdout } = await halftone(...tune, ...labels, "--trials", "6", "--report", "out/search.html");
    expect(code).toBe(0);
    expect(stdout).toContain("wrote out/search.html");
    const page = await readFile(workspace.path("out/search.html"), "utf8");
    for (const text of ["model.onnx: search report", "The winner&#39;s plan", "Every trial (6)", "top1 of the float model"])
      expect(page.replaceAll("'", "&#39;")).toContain(text);
    await halftone(...tune, ...labels, "--trials", "7", "--resume", "--report", "again.html", "-o", "best.onnx");
    expect(await readFile(workspace.path("again.html"), "utf8")).toContain("Every trial (7)");
    expect(existsSync(workspace.path("best.plan.json"))).toBe(true);
  });

  test("without labels the score is agreement with the float model; nothing but the journal is written without -o", async () => {
    const before = await readdir(workspace.folder);
    const { code, json } = await halftone(...tune, "--trials", "2", "--strategy", "random", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ metric: "agreement", reference: 100, output: null, plan: null, strategy: "random" });
    expect((await readdir(workspace.folder)).sort()).toEqual([...before, "search.jsonl"].sort());
  });

  test("or divergence from it: in nats, the smaller the better, everywhere", async () => {
    const kl = [...tune, "--score", "kl", "--strategy", "grid"];
    const { code, stdout, stderr } = await halftone(...kl, "--trials", "20", "--report", "search.html");
    expect(code).toBe(0);
    expect(stderr).toMatch(/trial 20 of 20: [\d.e-]+ nats, .* \(best [\d.e-]+ nats\)/);
    expect(stdout).toContain("the float model reaches 0 nats");
    expect(stdout).toMatch(/trial +kl +size/);
    const page = await readFile(workspace.path("search.html"), "utf8");
    for (const text of ["kl of the float model", "0 nats", "falls from"]) expect(page).toContain(text);
    expect(stdout + stderr).not.toMatch(/%|-[\d.]+ nats/);

    const { json } = await halftone(...kl, "--trials", "20", "--resume", "--json", "--smallest-within", "100");
    expect(json).toMatchObject({ metric: "kl", reference: 0, trials: { done: 20, failed: 0 } });
    const rows = json.ranking as readonly Row[];
    const scores = rows.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((left, right) => left - right));
    expect(scores[0]).toBeGreaterThan(0);
    expect(json.best.bytes).toBe(Math.min(...rows.map(({ bytes }) => bytes)));
    const [header, ...trials] = await linesOf("search.jsonl");
    expect(header.workload).toMatchObject({ reference: 0, unit: "nats" });
    expect(trials.map(({ trial }) => trial.outcome.score).every((score) => score < 0)).toBe(true);

    // Nats, not points: of those that diverge so little, which are not all, the smallest model wins.
    const limit = scores[3]! * 1.0001;
    const within = String(limit);
    const near = await halftone(...kl, "--trials", "20", "--resume", "--json", "--smallest-within", within);
    const enough = rows.filter(({ score }) => score <= limit);
    expect(enough.length).toBeLessThan(20);
    expect(near.json.best.bytes).toBe(Math.min(...enough.map(({ bytes }) => bytes)));
    const first = trials.findIndex(({ trial }) => -trial.outcome.score <= limit);
    const stopped = await halftone(...kl, "--journal", "target.jsonl", "--trials", "20", "--target-drop", within, "--json");
    expect(stopped.json).toMatchObject({ end: "target", trials: { done: first + 1 }, best: { id: first } });
  });

  test("successive halving promotes what diverges least", async () => {
    const { code, json } = await halftone(...tune, "--score", "kl", "--strategy", "halving:grid", "--trials", "13", "--json");
    const partial = (await linesOf("search.jsonl")).slice(1).map(({ trial }) => trial);
    const [smallest, ...larger] = [...new Set(partial.map(({ effort }) => effort))];
    expect([code, larger.length > 0, json.trials.failed]).toEqual([0, true, 0]);
    const risen = partial.find(({ effort }) => effort === larger[0]);
    const before = partial.filter(({ id, effort }) => effort === smallest && id < risen.id);
    const least = Math.min(...before.map(({ outcome }) => -outcome.score));
    expect(-before.find(({ candidate }) => JSON.stringify(candidate) === JSON.stringify(risen.candidate)).outcome.score).toBe(least);
  });

  test("scores of divergence and of shares are not learned from together", async () => {
    await halftone(...tune, "--trials", "1");
    const learning = ["tune", "model.onnx", ...data, "--journal", "kl.jsonl", "--trials", "1", "--score", "kl", "--json"];
    expect((await halftone(...learning)).code).toBe(0);
    const mixed = await halftone(...learning, "--journal", "other.jsonl", "--transfer", "search.jsonl");
    expect([mixed.code, mixed.json.error.details.field]).toEqual([1, "--transfer"]);
    expect((await halftone(...learning, "--journal", "other.jsonl", "--transfer", "kl.jsonl")).code).toBe(0);
    expect((await halftone(...tune, "--journal", "kl.jsonl", "--resume", "--json")).json.error.code).toBe("journal-mismatch");
  });

  test("an earlier journal is gone on with only when asked to, and ends as if it had never stopped", async () => {
    const whole = await halftone("tune", "model.onnx", ...data, "--journal", "whole.jsonl", "--trials", "5", "--strategy", "genetic", "--json");
    const options = [...tune, "--strategy", "genetic", "--json"];
    await halftone(...options, "--trials", "2");
    const refused = await halftone(...options, "--trials", "5");
    expect(refused.code).toBe(1);
    expect(refused.json.error.message).toContain("--resume");
    const resumed = await halftone(...options, "--trials", "5", "--resume");
    const candidates = (result: CliResult) => (result.json.ranking as readonly Row[]).map(({ id, candidate, score }) => ({ id, candidate, score }));
    expect(candidates(resumed)).toEqual(candidates(whole));
    expect(await linesOf("search.jsonl")).toHaveLength(6);
  });

  test("a journal of other data is refused as such, and taken to learn from", async () => {
    const space = {
      name: "small",
      dimensions: [
        { name: "clipping", values: ["max", "mse"] },
        { name: "granularity", values: ["tensor", "channel"] },
        { name: "images", values: [4, 8] },
      ],
    };
    await writeFile(workspace.path("space.json"), JSON.stringify(space));
    const options = ["--space", "space.json", "--json"];
    await halftone(...tune, ...options, "--strategy", "grid", "--trials", "8", "--evaluation", "3");
    const refused = await halftone(...tune, ...options, "--evaluation", "4", "--resume");
    expect(refused.code).toBe(1);
    expect(refused.json.error).toMatchObject({ code: "journal-mismatch", details: { field: "workload" } });

    // Another model on which one candidate, the sixth of the grid, was by far the best.
    const [header, ...known] = await linesOf("search.jsonl");
    for (const { trial } of known) trial.outcome.score = trial.id === 5 ? 0.99 : 0.1;
    await writeFile(workspace.path("known.jsonl"), [header, ...known].map((line) => `${JSON.stringify(line)}\n`).join(""));
    const argv = ["tune", "model.onnx", ...data, ...options, "--trials", "1"];
    for (const strategy of ["transfer", "transfer-paper"]) {
      expect((await halftone(...argv, "--strategy", strategy, "--journal", `${strategy}.jsonl`, "--transfer", "known.jsonl")).code).toBe(0);
      const [, first] = await linesOf(`${strategy}.jsonl`);
      expect(first.trial.candidate).toEqual(known[5].trial.candidate);
    }
    expect((await halftone(...argv, "--journal", "transfer.jsonl", "--resume", "--transfer", "nowhere.jsonl")).json.error.details).toMatchObject({
      field: "--transfer",
    });
  });

  test("a space of the user's own, what the target cannot execute taken out of it", async () => {
    const space = {
      name: "mine",
      dimensions: [
        { name: "bits", values: ["w8a8", "w16a16"] },
        { name: "clipping", values: ["max", "mse"] },
        { name: "images", values: [4, 8] },
      ],
    };
    await writeFile(workspace.path("space.json"), JSON.stringify(space));
    const { code, json } = await halftone(...tune, "--space", "space.json", "--strategy", "grid", "--trials", "50", "--json");
    expect(code).toBe(0);
    expect(json).toMatchObject({ space: "mine", candidates: 4, end: "exhausted", trials: { done: 4, failed: 0 } });
    expect((json.ranking as readonly Row[]).map(({ candidate }) => candidate["bits"])).toEqual(["w8a8", "w8a8", "w8a8", "w8a8"]);
  });

  test("methods and widths widen the space full", async () => {
    const { code, json } = await halftone(...tune, "--space", "full", "--method", "min-max", "--method", "easyquant", "--trials", "1", "--json");
    expect([code, json.space]).toEqual([0, "full"]);
    expect(json.candidates).toBeGreaterThan(64);
    const wider = await halftone(
      ...tune,
      "--journal",
      "wider.jsonl",
      "--space",
      "full",
      "--sensitive",
      "0",
      "--sensitive",
      "2",
      "--strategy",
      "grid",
      "--trials",
      "1",
      "--json",
    );
    expect(wider.code).toBe(0);
    expect(wider.json.best.candidate.sensitive).toBe(0);
  });

  test("stops at the first trial near enough to the float model", async () => {
    const { json } = await halftone(...tune, "--trials", "50", "--target-drop", "100", "--json");
    expect(json).toMatchObject({ end: "target", trials: { done: 1 } });
  });

  test("starts no trial after the time budget", async () => {
    const { code, json } = await halftone(...tune, "--trials", "64", "--time-budget", "0.2s", "--json");
    expect(json.end).toBe("time");
    expect(json.trials.done).toBeLessThan(64);
    const again = await halftone(...tune, "--trials", "64", "--time-budget", "0.000001s", "--resume", "--json");
    expect(again.json).toMatchObject({ end: "time", trials: json.trials });
    expect(again.code).toBe(code);
  });

  test("a budget that is over before the first trial is an error that says so", async () => {
    const { code, json } = await halftone(...tune, "--time-budget", "0.000001s", "-o", "best.onnx", "--json");
    expect([code, json.error.code, json.output]).toEqual([1, "invalid-config", null]);
    expect(json.error.message).toMatch(/^--time-budget/);
  });

  test("the winner can be the smallest or the fastest of those near enough", async () => {
    const { json } = await halftone(...tune, ...labels, "--strategy", "grid", "--trials", "64", "--smallest-within", "100", "--json");
    const rows = json.ranking as readonly Row[];
    expect(json.best.bytes).toBe(Math.min(...rows.map(({ bytes }) => bytes)));
    expect(new Set(rows.map(({ bytes }) => bytes)).size).toBeGreaterThan(1);
    const fastest = await halftone(...tune, ...labels, "--strategy", "grid", "--trials", "64", "--fastest-within", "100", "--resume", "--json");
    expect(fastest.json.best.latencyMs).toBe(Math.min(...rows.map(({ latencyMs }) => latencyMs)));
  });

  test("interrupted: the best so far is shown and written, and the exit code says so", async () => {
    const controller = new AbortController();
    const finished = linesAppear("search.jsonl", 4).then(() => controller.abort());
    const result = await runCli(workspace.folder, [...tune, ...labels, "--trials", "64", "-o", "best.onnx", "--json"], { signal: controller.signal });
    await finished;
    expect(result.code).toBe(130);
    expect(result.json).toMatchObject({ end: "aborted", output: "best.onnx", error: { code: "aborted" } });
    expect(result.stderr).toContain("the best so far was written. The same command with --resume goes on.");
    expect(result.json.trials.done).toBeGreaterThanOrEqual(3);
    expect(result.json.trials.done).toBeLessThan(64);
    expect(existsSync(workspace.path("best.onnx"))).toBe(true);
    expect(await linesOf("search.jsonl")).toHaveLength(result.json.trials.done + 1);
  });

  test("a value that means nothing is an error before anything is measured", async () => {
    const space = { name: "odd", dimensions: [{ name: "scheme", values: ["sideways"] }] };
    await writeFile(workspace.path("space.json"), JSON.stringify(space));
    const { code, json } = await halftone(...tune, "--space", "space.json", "-o", "best.onnx", "--json");
    expect(code).toBe(1);
    expect(json.error.message).toContain("sideways");
    expect(existsSync(workspace.path("search.jsonl"))).toBe(false);
  });

  test("a search of which every trial failed writes nothing but the journal, and says why", async () => {
    await writeFile(workspace.path("space.json"), JSON.stringify({ name: "odd", dimensions: [{ name: "method", values: ["nobodys"] }] }));
    const { code, json, stderr } = await halftone(...tune, "--space", "space.json", "-o", "best.onnx", "--json");
    expect(stderr).toContain("nobodys");
    expect(code).toBe(1);
    expect(json.error.message).toContain("nobodys");
    expect(existsSync(workspace.path("best.onnx"))).toBe(false);
  });

  test.each([
    [["--strategy", "magic"], "unknown-name", /boosted-trees/],
    [["--space", "nowhere.json"], "invalid-config", /does not exist/],
    [["--plan", "plan.json"], "invalid-config", /-o/],
    [["--time-budget", "soon"], "invalid-config", /90s, 15m or 2h/],
    [["--bits", "w4a4"], "invalid-config", /full/],
    [["--score", "kl", "--labels", "labels.tsv"], "invalid-config", /cannot be used with/],
    [["--score", "entropy"], "invalid-config", /agreement, kl/],
    [["-o", "search.jsonl"], "invalid-config", /journal/],
  ])("refuses %j", async (argv, error, message) => {
    const { code, json } = await halftone(...tune, ...argv, "--json");
    expect([code, json.error.code]).toEqual([1, error]);
    expect(json.error.message).toMatch(message);
    expect(existsSync(workspace.path("search.jsonl"))).toBe(false);
  });

  test("a space that asks for all of the data is refused: nothing would be left to measure with", async () => {
    await writeFile(workspace.path("space.json"), JSON.stringify({ name: "greedy", dimensions: [{ name: "images", values: [1, 24] }] }));
    const { code, json } = await halftone(...tune, "--space", "space.json", "--json");
    expect([code, json.error.details.field]).toEqual([1, "--space"]);
    await rm(workspace.path("space.json"));
  });
});

async function linesAppear(file: string, count: number): Promise<void> {
  while (!existsSync(workspace.path(file)) || (await linesOf(file)).length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
