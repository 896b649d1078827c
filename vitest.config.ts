import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { chromiumArguments, findChromium } from "./packages/backends/web/src/chromium/find-chromium.ts";
import { onNode } from "./packages/backends/web/src/fixtures/on-node.ts";

const full = process.env.HALFTONE_FULL === "1";
const chromium = findChromium(process.env);
const resolve = { conditions: ["@halftone/source"] };
const exclude = ["**/node_modules/**", "**/dist/**"];
const testTimeout = full ? 600_000 : 120_000;

const node: TestProjectInlineConfiguration = {
  resolve,
  ssr: { resolve },
  test: {
    name: "node",
    // onnxruntime-node must not be loaded in a worker thread: terminating one during a run aborts the process.
    pool: "forks",
    maxWorkers: 2,
    include: [full ? "{packages,examples,bench}/**/*.test.ts" : "{packages,examples,bench}/**/!(*.full).test.ts", "scripts/**/*.test.mjs"],
    exclude: [...exclude, "**/*.browser.test.ts", "**/*.browser.full.test.ts"],
    testTimeout,
  },
};

/** Tests that run inside a page; its headers make it cross-origin isolated, so that WebAssembly has threads. */
const page = (executablePath: string): TestProjectInlineConfiguration => ({
  resolve,
  // For what the page asks Node to do.
  environments: { __vitest__: { resolve } },
  // The runtime finds its WebAssembly beside its own file: it must be served as it is.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
  server: { headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" } },
  worker: { format: "es" },
  test: {
    name: "chromium",
    include: [full ? "packages/**/*.browser{,.full}.test.ts" : "packages/**/*.browser.test.ts"],
    exclude,
    testTimeout,
    // The tables of what a runtime executes are compared with those that are committed, or written anew.
    env: { HALFTONE_WRITE_TABLES: process.env.HALFTONE_WRITE_TABLES ?? "" },
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      commands: { onNode },
      provider: playwright({ launchOptions: { executablePath, args: [...chromiumArguments] } }),
      instances: [{ browser: "chromium" }],
    },
  },
});

export default defineConfig({ test: { projects: chromium === undefined ? [node] : [node, page(chromium)] } });
