export { type IsolatedBackendOptions, isolatedBackend } from "./isolated-backend.ts";
export { type NodeBackendOptions, nodeBackend } from "./node-backend.ts";
export type { LoadRuntime, OnnxRuntime } from "./session/runtime.ts";
export type { CpuKind, ReadText } from "./target/cpu.ts";
export { nodeCpuAvx2, nodeCpuVnni, nodeTarget, nodeTargets } from "./target/node-cpu.ts";
