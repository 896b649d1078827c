/** For Node: onnxruntime-web in this process. */
export { nodeWasmBackend } from "./node-wasm-backend.ts";
