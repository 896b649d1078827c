import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchPage } from "@halftone/web/chromium";
import { rolldown } from "rolldown";
import type { PageProgram } from "./program.ts";

/** The functions of the page's program, called from here. */
export interface BenchPage {
  call<Name extends keyof PageProgram>(name: Name, ...input: Parameters<PageProgram[Name]>): Promise<Awaited<ReturnType<PageProgram[Name]>>>;
  /** Of the browser, in words. */
  readonly browser: string;
  close(): Promise<void>;
}

/** A page of Chromium with the SDK in it. @throws `backend-unavailable` without a browser. */
export async function openPage(): Promise<BenchPage> {
  const files = new Map([
    ["/program.js", await bundle("program.js")],
    ["/worker.js", await bundle("worker.js")],
  ]);
  const { page, close } = await launchPage({ files });
  page.on("pageerror", (error) => console.error(error));
  await page.addScriptTag({ type: "module", url: "/program.js" });
  await page.waitForFunction("globalThis.bench !== undefined");
  return {
    call: (name, ...input) =>
      page.evaluate(
        ([called, given]) => (globalThis as unknown as { readonly bench: Readonly<Record<string, (...all: unknown[]) => unknown>> }).bench[called]!(...given),
        [name, input] as [string, unknown[]],
      ) as never,
    browser: `Chromium ${page.context().browser()?.version()}, onnxruntime-web ${runtimeVersion()}`,
    close,
  };
}

function runtimeVersion(): string {
  const folder = dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm")));
  return (createRequire(import.meta.url)(join(folder, "package.json")) as { readonly version: string }).version;
}

async function bundle(entry: string): Promise<string> {
  const input = fileURLToPath(new URL(entry, import.meta.url));
  const bundled = await rolldown({ input, external: /^onnxruntime-web/, platform: "browser" });
  const { output } = await bundled.generate({ format: "esm", codeSplitting: false });
  return output[0].code;
}
