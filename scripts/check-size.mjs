// node scripts/check-size.mjs [--explain]: what a page downloads to quantize, without the runtime: core, the web backend and one method.
import { gzipSync } from "node:zlib";
import { bundlePage, looking, measuring, oldModel } from "./page-bundle.mjs";
import { root } from "./steps.mjs";

/** Gzipped bytes before the first call, and by the end of it for a model of an older operator set; docs/decisions/018-what-a-page-downloads.md. */
const limits = { first: 60 * 1024, call: 70 * 1024 };

const parts = await bundlePage();
const kibibytes = (bytes) => (bytes / 1024).toFixed(1);
const gzipped = new Map(parts.map(({ fileName, code }) => [fileName, gzipSync(code, { level: 9 }).byteLength]));
const sum = (names) => [...names].reduce((bytes, name) => bytes + gzipped.get(name), 0);

const first = sum(parts.filter((part) => part.first).map(({ fileName }) => fileName));
const onDemand = parts.filter(({ occasion }) => occasion);
const call = first + sum(new Set(onDemand.filter(({ occasion }) => [looking, measuring, oldModel].includes(occasion)).flatMap((part) => part.with)));
console.log(`${kibibytes(first)} KiB gzipped (at most ${limits.first / 1024}): core, backends/web and min-max, without the runtime. Loaded later:`);
for (const part of onDemand.toSorted((left, right) => sum(left.with) - sum(right.with)))
  console.log(`  ${kibibytes(sum(part.with)).padStart(5)} KiB  ${part.occasion}`);
console.log(`${kibibytes(call)} KiB (at most ${limits.call / 1024}) when min-max has quantized a model of an operator set before 21`);

const isTooLarge = first > limits.first || call > limits.call;
if (isTooLarge || process.argv.includes("--explain"))
  for (const [name, bytes] of heaviest()) console.log(`  ${kibibytes(bytes).padStart(7)} KiB unminified  ${name}`);
process.exitCode = isTooLarge ? 1 : 0;

/** What the first parts are made of. */
function heaviest() {
  const sizes = new Map();
  for (const { modules, first: isFirst } of parts) {
    for (const [path, { renderedLength }] of isFirst ? Object.entries(modules) : []) {
      const name = partOf(path);
      sizes.set(name, (sizes.get(name) ?? 0) + renderedLength);
    }
  }
  return [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 16);
}

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
