// What a page downloads to quantize, without the runtime: core, the web backend and one method, cut into parts where code is loaded on demand.
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./steps.mjs";

const program = `
export { parsePreprocess, quantize } from "@halftone/core";
export { images, webWasm } from "@halftone/web";
export { wasmBackend, wasmThreadBackend } from "@halftone/web/wasm";
export { minMax } from "@halftone/min-max";`;

export const measuring = "when quantize measures what it made";
export const looking = "when quantize looks for outlying hidden units, before calibration";
export const oldModel = "for a model of an operator set before 21";

/** What is loaded on demand, and when. A part that is missing here fails the check: nobody would know what it costs. */
const occasions = new Map([
  ["packages/core/src/verify/verify.ts", measuring],
  ["packages/core/src/normalize/opset/carry-over.ts", oldModel],
  ["packages/core/src/outliers/index.ts", looking],
  ["packages/core/src/outliers/part-units.ts", "when there are outlying hidden units"],
  ["packages/core/src/calibrate/reduce/samples.ts", "when values are looked at one by one, as for a calibration that clips"],
  ["packages/methods/min-max/src/clipped-ranges.ts", "for a calibration that clips"],
  ["packages/core/src/rewrite/own-grids.ts", "for a plan with grids of single products, which min-max does not make"],
  ["packages/core/src/verify/choose-plan.ts", "when several methods are compared"],
  ["packages/core/src/verify/sensitivity.ts", "when nodes are excluded for what they cost"],
  ["packages/core/src/runtime/searching.ts", "when a method searches"],
]);

/**
 * The parts, minified. `first` says of each whether it comes with the page's own; a part that is loaded on demand says on which
 * `occasion`, and which parts come `with` it that the page does not have.
 */
export async function bundlePage() {
  const entry = join(root, "page-entry.js");
  const bundle = await rolldown({
    input: entry,
    external: /^onnxruntime-web/,
    resolve: { conditionNames: ["@halftone/source", "browser", "import", "default"] },
    platform: "browser",
    // As in a page, whose program exports nothing: what parts share stays with it, rather than in files of their own.
    preserveEntrySignatures: "allow-extension",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? program : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const parts = output.filter((part) => part.type === "chunk");
  const imported = (part, found = new Set()) => {
    if (found.has(part)) return found;
    found.add(part);
    for (const name of part.imports) {
      const next = parts.find(({ fileName }) => fileName === name);
      if (next) imported(next, found);
    }
    return found;
  };
  const first = imported(parts.find(({ isEntry }) => isEntry));
  const onDemand = (part) => {
    const path = part.facadeModuleId.slice(root.length + 1);
    const occasion = occasions.get(path);
    if (occasion === undefined) throw new Error(`${path} is loaded on demand, and scripts/page-bundle.mjs does not say when`);
    return { occasion, with: [...imported(part)].filter((each) => !first.has(each)).map(({ fileName }) => fileName) };
  };
  return parts.map((part) => ({ ...part, modules: part.modules, first: first.has(part), ...(part.isDynamicEntry && onDemand(part)) }));
}
