/** The process behind `isolatedBackend`: `node child.js [runtime module]`, with a message channel to its parent. */
import { serve } from "./isolated/serve.ts";
import type { OnnxRuntime } from "./session/runtime.ts";

const runtime = process.argv[2] ?? "onnxruntime-node";

const receive = serve(
  (message) => new Promise((resolve, reject) => process.send!(message, undefined, {}, (error) => (error ? reject(error) : resolve()))),
  async () => (await import(runtime)) as OnnxRuntime,
);

process.on("message", receive);
process.on("disconnect", () => process.exit());
// Ctrl-C reaches the whole process group; the parent decides what becomes of its runs.
process.on("SIGINT", () => {});
