// What a page downloads to quantize, without the runtime: core, the web backend and one method, cut into parts where code is loaded on demand.
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./steps.mjs";

const program = `
export { quantize } from "@halftone/core";
export { images, webWasm } from "@halftone/web";
export { wasmBackend, wasmThreadBackend } from "@halftone/web/wasm";
export { minMax } from "@halftone/min-max";`;

/** The parts, minified: the first is the page's own, and `first` says of each whether it comes with it. */
export async function bundlePage() {
  const entry = join(root, "page-entry.js");
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
  const parts = output.filter(({ type }) => type === "chunk");
  const first = new Set();
  const include = (name) => {
    const part = parts.find(({ fileName }) => fileName === name);
    if (part === undefined || first.has(name)) return;
    first.add(name);
    for (const each of part.imports) include(each);
  };
  include(parts.find(({ isEntry }) => isEntry).fileName);
  return parts.map((part) => ({ ...part, modules: part.modules, first: first.has(part.fileName) }));
}
