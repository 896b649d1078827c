import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { seededRandom } from "@halftone/core";
import { expect, test } from "vitest";
import { readTransfer } from "../driver/open-journal.ts";
import { tune } from "../driver/tune.ts";
import { keyOf } from "../space/candidate-key.ts";
import { quantune96 } from "../space/presets.ts";
import { memoryStore } from "../store/memory-store.ts";
import { boostedTrees } from "../strategies/boosted-trees.ts";
import { journalFile } from "./journal-file.ts";

const built = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../dist", file)).href);
const score = `(candidate) => [...JSON.stringify(candidate)].reduce((sum, letter, index) => (sum * 31 + letter.charCodeAt(0) * (index + 1)) % 9973, 7)`;

/** Sixty trials of 20 milliseconds; tells which are in the journal. */
const program = (journal: string): string => `
  import { boostedTrees, quantune96, tune } from ${built("index.js")};
  import { journalFile } from ${built("node/index.js")};
  const score = ${score};
  const execute = async ({ candidate }) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { status: "done", score: score(candidate), metrics: {} };
  };
  const onEvent = (event) => event.type === "trial-end" && process.stdout.write(event.trial.id + "\\n");
  await tune({ workload: { id: "w", features: {} }, space: quantune96(), strategy: boostedTrees(), executor: { concurrency: 1, execute }, store: journalFile(${JSON.stringify(journal)}), trials: 60, seed: 9, onEvent });
`;

test("killed at 20 random moments, a search loses no finished trial, repeats none and ends with the same winner", async () => {
  const folder = await mkdtemp(join(tmpdir(), "halftone-kill-"));
  const journal = join(folder, "search.jsonl");
  const random = seededRandom(2026);
  const finished: number[] = [];
  let kills = 0;
  for (;;) {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program(journal)], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      // The clock starts with the first trial, so that kills hit the search and not the start of the process.
      if (kills < 20 && output === text) setTimeout(() => child.kill("SIGKILL"), 60 * random());
    });
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    finished.push(...output.split("\n").slice(0, -1).map(Number));
    if (signal === null) {
      expect(code).toBe(0);
      break;
    }
    kills++;
  }
  const { trials } = (await readTransfer(journalFile(journal)))!;
  await rm(folder, { recursive: true });

  const scoreOf = new Function(`return ${score}`)() as (candidate: unknown) => number;
  const execute = async ({ candidate }: { readonly candidate: unknown }) => ({ status: "done", score: scoreOf(candidate), metrics: {} }) as const;
  const options = {
    workload: { id: "w", features: {} },
    space: quantune96(),
    strategy: boostedTrees(),
    executor: { concurrency: 1, execute },
    trials: 60,
    seed: 9,
  };
  const undisturbed = await tune({ ...options, store: memoryStore() });
  expect(kills).toBe(20);
  expect(finished.filter((id) => !trials.some((trial) => trial.id === id))).toEqual([]);
  expect(new Set(trials.map(({ candidate }) => keyOf(candidate))).size).toBe(60);
  expect(trials).toEqual(undisturbed.trials);
});
