import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identity, measurement } from "./fixtures/rows.ts";
import { openJournal } from "./journal.ts";
import { runRows } from "./run-rows.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "halftone-rows-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the rows of these seeds with a program that does this. */
async function run(source: string, seeds: readonly number[], { again = false, minutes = 1 } = {}) {
  const [program, path] = [join(folder, "program.mjs"), join(folder, "rows.jsonl")];
  writeFileSync(program, `const job = JSON.parse(process.argv[2]);\n${source}`);
  const journal = await openJournal(path);
  const lines: string[] = [];
  const identities = seeds.map((seed) => ({ ...identity, seed }));
  await runRows(identities, { journal, path, program, again, minutes, tell: (line) => lines.push(line) });
  return { lines, outcomes: identities.map((each) => journal.find(each)) };
}

const answer = `{ console.log("noise"); console.log(JSON.stringify(${JSON.stringify(measurement)})); }`;

test("a row is measured once, and again on request", async () => {
  const first = await run(answer, [0, 1]);
  expect(first.outcomes).toMatchObject([
    { seed: 0, ...measurement },
    { seed: 1, ...measurement },
  ]);
  expect((await run(answer, [0, 1, 2])).lines[0]).toBe("1 of 3 rows to measure");
  expect((await run(answer, [0, 1], { again: true })).lines[0]).toBe("2 of 2 rows to measure");
});

test("a crash or a failure costs one row, which is measured again the next time", async () => {
  const { outcomes } = await run(
    `if (job.seed === 0) process.kill(process.pid, "SIGSEGV");
     if (job.seed === 1) { console.error("first"); console.error("no memory"); process.exit(3); }
     if (job.seed === 2) console.log(JSON.stringify({ failure: "QuantError: not so" }));
     else ${answer}`,
    [0, 1, 2, 3],
  );
  expect(outcomes).toMatchObject([
    { failure: "the process was ended by SIGSEGV." },
    { failure: "the process failed with 3. no memory" },
    { failure: "QuantError: not so" },
    measurement,
  ]);
  expect((await run(answer, [0, 1, 2, 3])).lines[0]).toBe("3 of 4 rows to measure");
});

test("a row that hangs fails when its time is over", async () => {
  const { outcomes } = await run("setInterval(() => {}, 1000);", [0], { minutes: 0.02 });
  expect(outcomes).toMatchObject([{ failure: "took longer than 0.02 minutes" }]);
});
