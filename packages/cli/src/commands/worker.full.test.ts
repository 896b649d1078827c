import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CliResult, runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

const command = fileURLToPath(new URL("../../bin/halftone.js", import.meta.url));
const isBuilt = existsSync(new URL("../../dist/main.js", import.meta.url));
const server = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

let workspace: Workspace;
let url: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  workspace = await createWorkspace(12);
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { readonly port: number };
  probe.close();
  url = `redis://127.0.0.1:${port}`;
  const redis = spawn(server!, ["--port", String(port), "--dir", workspace.folder, "--save", "", "--bind", "127.0.0.1"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(redis);
  await textOf(redis, /Ready to accept connections/);
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await workspace.remove();
});

/** Resolves with what was said up to there. */
function textOf({ stdout, stderr }: ChildProcess, wanted: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    for (const stream of [stdout, stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (wanted.test(text)) resolve(text);
      });
    }
  });
}

const tune = (journal: string) => [
  "tune",
  "model.onnx",
  "--data",
  "images",
  "--preprocess",
  "card.json",
  "--strategy",
  "grid",
  "--trials",
  "5",
  "--json",
  "--journal",
  journal,
];
const halftone = (...argv: string[]): Promise<CliResult> => runCli(workspace.folder, argv);
type Row = { readonly candidate: object; readonly score: number; readonly bytes: number };
const facts = ({ json }: CliResult) => (json.ranking as readonly Row[]).map(({ candidate, score, bytes }) => ({ candidate, score, bytes }));

function startWorker(cwd: string): ChildProcess {
  const worker = spawn(process.execPath, [command, "worker", "--queue", url, "--json"], { cwd });
  started.push(worker);
  return worker;
}

describe.skipIf(!isBuilt || server === undefined)("halftone worker (needs redis-server or valkey-server, and the built command)", () => {
  test("carries out the trials of a search, with the results of a search in one process, and ends cleanly", async () => {
    const worker = startWorker(workspace.folder);
    const [queued, here] = [await halftone(...tune("queued.jsonl"), "--queue", url), await halftone(...tune("here.jsonl"))];
    expect(queued.stderr).not.toContain("error");
    expect(queued.code).toBe(0);
    expect(facts(queued)).toEqual(facts(here));
    const answer = textOf(worker, /"trials"/);
    const gone = once(worker, "exit");
    worker.kill("SIGINT");
    expect(await answer).toContain('"trials":{"done":5,"failed":0}');
    expect(await gone).toEqual([0, null]);
  });

  test("a worker that has other files ends the search with the reason", async () => {
    const other = await createWorkspace(10);
    startWorker(other.folder);
    const { code, json } = await halftone(...tune("search.jsonl"), "--queue", url);
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: "journal-mismatch", message: expect.stringContaining("give every worker the same files") });
    await other.remove();
  });
});
