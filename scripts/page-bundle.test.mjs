import { expect, test } from "vitest";
import { findChromium } from "../packages/backends/web/src/chromium/find-chromium.ts";
import { launchPage } from "../packages/backends/web/src/chromium/launch-page.ts";
import { hybrid } from "../packages/backends/web/src/fixtures/plan-case.ts";
import { bundlePage, looking, measuring } from "./page-bundle.mjs";

/** A page's own code. As text: the test runner would change the imports of a function. */
const program = `
import { minMax, quantize, wasmThreadBackend, webWasm } from "/parts/page-entry.js";
globalThis.quantizeInPage = async (bytes) => {
  const x = { dtype: "float32", shape: [1, 3, 8, 8], data: Float32Array.from({ length: 192 }, (_, index) => Math.sin(index)) };
  const source = { id: "one", batches: 1, async *[Symbol.asyncIterator]() { yield { x }; } };
  const backend = wasmThreadBackend({ runtime: () => import("/runtime/ort.wasm.min.mjs") });
  const { report } = await quantize({ model: { model: bytes }, source, method: minMax(), target: webWasm(), backend });
  return report.nodes.quantized;
};`;

test("min-max runs in a page with what is loaded first, what looks for outlying units and what measures: nothing of a search is asked for", async (context) => {
  if (findChromium(process.env) === undefined) context.skip("needs Chromium: install it, or name one in HALFTONE_CHROMIUM");
  const parts = await bundlePage();
  const { page, close } = await launchPage({ files: new Map(parts.map(({ fileName, code }) => [`/parts/${fileName}`, code])) });
  try {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.addScriptTag({ type: "module", content: program });
    await page.waitForFunction("globalThis.quantizeInPage !== undefined");
    expect(await page.evaluate(`quantizeInPage(Uint8Array.from(${JSON.stringify([...hybrid().model])}))`)).toBeGreaterThan(5);
    const wanted = parts.filter(({ occasion }) => occasion === looking || occasion === measuring);
    const expected = [...parts.filter(({ first }) => first).map(({ fileName }) => fileName), ...new Set(wanted.flatMap((part) => part.with))];
    expect(asked.filter((path) => path.startsWith("/parts/")).sort()).toEqual(expected.map((name) => `/parts/${name}`).sort());
  } finally {
    await close();
  }
});
