// node scripts/check-size.mjs: what a page downloads to quantize, without the runtime: core, the web backend and one method.
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { root } from "./steps.mjs";

/** What is aimed at, and what it may not grow beyond until it is reached; docs/decisions/018-what-a-page-downloads.md. */
const aim = 60 * 1024;
const limit = 108 * 1024;

const program = `
export { quantize } from "@halftone/core";
export { images, webWasmInteger } from "@halftone/web";
export { wasmBackend } from "@halftone/web/wasm";
export { minMax } from "@halftone/min-max";`;

const entry = join(root, "size-entry.js");
const bundle = await rolldown({
  input: entry,
  external: /^onnxruntime-web/,
  resolve: { conditionNames: ["@halftone/source", "browser", "import", "default"] },
  platform: "browser",
  plugins: [
    {
      name: "entry",
      resolveId: (id) => (id === entry ? id : undefined),
      load: (id) => (id === entry ? program : undefined),
    },
  ],
});
const { output } = await bundle.generate({ format: "esm", minify: true });
const sizes = new Map();
let total = 0;
for (const chunk of output) {
  if (chunk.type !== "chunk") continue;
  total += gzipSync(chunk.code, { level: 9 }).byteLength;
  for (const [path, { renderedLength }] of Object.entries(chunk.modules)) {
    const name = partOf(path);
    sizes.set(name, (sizes.get(name) ?? 0) + renderedLength);
  }
}
const heaviest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 12);
console.log(
  `${(total / 1024).toFixed(1)} KiB gzipped (at most ${limit / 1024}; the aim is ${aim / 1024}): core, backends/web and min-max, without the runtime`,
);
if (total > limit || process.argv.includes("--explain"))
  for (const [name, bytes] of heaviest) console.log(`  ${(bytes / 1024).toFixed(1).padStart(7)} KiB unminified  ${name}`);
process.exitCode = total <= limit ? 0 : 1;

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
