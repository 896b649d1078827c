// node scripts/check-size.mjs [--explain]: what a page downloads to quantize, without the runtime: core, the web backend and one method.
import { gzipSync } from "node:zlib";
import { bundlePage } from "./page-bundle.mjs";
import { root } from "./steps.mjs";

/** What is aimed at, and what it may not grow beyond until it is reached; docs/decisions/018-what-a-page-downloads.md. */
const aim = 60 * 1024;
const limit = 100 * 1024;

const parts = await bundlePage();
const sizes = new Map();
const totals = { first: 0, later: 0 };
for (const { code, modules, first } of parts) {
  totals[first ? "first" : "later"] += gzipSync(code, { level: 9 }).byteLength;
  if (!first) continue;
  for (const [path, { renderedLength }] of Object.entries(modules)) {
    const name = partOf(path);
    sizes.set(name, (sizes.get(name) ?? 0) + renderedLength);
  }
}
const heaviest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 16);
const kibibytes = (bytes) => (bytes / 1024).toFixed(1);
console.log(
  `${kibibytes(totals.first)} KiB gzipped (at most ${limit / 1024}; the aim is ${aim / 1024}): core, backends/web and min-max, without the runtime; ` +
    `${kibibytes(totals.later)} KiB more when a method searches`,
);
if (totals.first > limit || process.argv.includes("--explain"))
  for (const [name, bytes] of heaviest) console.log(`  ${kibibytes(bytes).padStart(7)} KiB unminified  ${name}`);
process.exitCode = totals.first <= limit ? 0 : 1;

/** The package a dependency's file belongs to, or the room of ours. */
function partOf(path) {
  const [, inside] = path.split(/\/node_modules\/(?!.*\/node_modules\/)/);
  if (inside === undefined)
    return path
      .slice(root.length + 1)
      .split("/")
      .slice(0, 4)
      .join("/");
  return inside.split("/", inside.startsWith("@") ? 2 : 1).join("/");
}
