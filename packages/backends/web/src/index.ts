export { memoryLimit } from "./memory/limit.ts";
export { type MemoryNeeds, memoryNeeds } from "./memory/needs.ts";
export { webWasm } from "./target/web-wasm.ts";
