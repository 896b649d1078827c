// node scripts/check-boundaries.mjs: holds the repository against the rules in scripts/boundaries/rules.mjs.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readProject } from "./boundaries/project.mjs";
import { medianLength, rules } from "./boundaries/rules.mjs";
import { root } from "./steps.mjs";

const project = readProject(readTexts());
const broken = rules.map((rule) => ({ rule, findings: rule.check(project) })).filter(({ findings }) => findings.length > 0);

for (const { rule, findings } of broken) {
  console.error(`\n${rule.name} (${rule.why})`);
  for (const { path, line, message } of findings) console.error(`  ${path}:${line}  ${message}`);
}
const count = broken.reduce((sum, { findings }) => sum + findings.length, 0);
console.log(`${project.sources.length} source files, median ${medianLength(project)} lines in packages; ${rules.length} rules, ${count} findings`);
process.exitCode = count === 0 ? 0 : 1;

/** Everything git tracks or would track, as text. */
function readTexts() {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  const texts = new Map();
  for (const path of new Set(listing.split("\0"))) {
    if (path === "" || !existsSync(join(root, path))) continue;
    const bytes = readFileSync(join(root, path));
    if (!bytes.includes(0)) texts.set(path, bytes.toString("utf8"));
  }
  return texts;
}
