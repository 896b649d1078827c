export { type NodeBackendOptions, nodeBackend } from "./node-backend.ts";
export type { LoadRuntime, OnnxRuntime } from "./session/runtime.ts";
