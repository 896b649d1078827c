import { defineConfig } from "vitest/config";

const full = process.env.HALFTONE_FULL === "1";

export default defineConfig({
  resolve: { conditions: ["@halftone/source"] },
  ssr: { resolve: { conditions: ["@halftone/source"] } },
  test: {
    // onnxruntime-node must not be loaded in a worker thread: terminating one during a run aborts the process.
    pool: "forks",
    maxWorkers: 2,
    include: [full ? "{packages,examples,bench}/**/*.test.ts" : "{packages,examples,bench}/**/!(*.full).test.ts", "scripts/**/*.test.mjs"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: full ? 600_000 : 120_000,
  },
});
