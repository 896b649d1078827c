export { type DrawableElement, decodeImage, type ImageSource } from "./data/decode.ts";
export { type ImagesOptions, images } from "./data/images.ts";
export { memoryLimit } from "./memory/limit.ts";
export { type MemoryNeeds, memoryNeeds } from "./memory/needs.ts";
export { webTargets } from "./target/web-targets.ts";
export { webWasm, webWasmInteger } from "./target/web-wasm.ts";
export { webWebGpu } from "./target/web-webgpu.ts";
