// npm run probe -w packages/backends/web: probes onnxruntime-web in Chromium and writes the tables of what it executes.
import { root, run, tool } from "./steps.mjs";

process.exitCode = await run([...tool("vitest"), "run", "packages/backends/web/src/probe"], {
  cwd: root,
  env: { HALFTONE_FULL: "1", HALFTONE_WRITE_TABLES: "1" },
});
