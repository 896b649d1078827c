// node operator-models.js FOLDER: reads and writes, upgrades and normalizes every operator model in FOLDER, and runs what
// came out against the original. FOLDER is what `bench/peers/operator_models.py export` made.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nodeBackend } from "@halftone/node";
import { readCases, readVectors } from "./operator-models/case.ts";
import { type Examination, examine, type Finding, type Verdict } from "./operator-models/examine.ts";

const folder = process.argv[2] ?? "";
const only = process.argv[3];
const backend = nodeBackend();
const examinations: Examination[] = [];
for (const each of await readCases(folder)) {
  if (only === undefined || each.name.includes(only)) examinations.push(await examine(folder, each, await readVectors(folder, each), backend));
}
await writeFile(join(folder, "examinations.json"), JSON.stringify(examinations, null, 1));

const steps = ["roundTrip", "upgraded", "normalized"] as const;
const verdicts: readonly Verdict[] = ["exact", "close", "refused", "not-run", "different", "broken"];
const count = (step: (typeof steps)[number], verdict: Verdict): number => examinations.filter((each) => each[step].verdict === verdict).length;

console.log(`| ${examinations.length} operator models | ${verdicts.join(" | ")} |`);
console.log(`|---|${verdicts.map(() => "---:|").join("")}`);
for (const step of steps) console.log(`| ${step} | ${verdicts.map((verdict) => count(step, verdict)).join(" | ")} |`);

const wrong = examinations.flatMap((each) => steps.map((step) => ({ each, step, finding: each[step] })).filter(({ finding }) => isBug(finding)));
for (const { each, step, finding } of wrong) console.log(`${step} ${each.name} (opset ${each.opset}): ${finding.verdict}: ${finding.detail}`);
process.exitCode = wrong.length === 0 ? 0 : 1;

function isBug({ verdict }: Finding): boolean {
  return verdict === "different" || verdict === "broken";
}
