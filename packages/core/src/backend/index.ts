/** What backends on a binding of ONNX Runtime have in common, published for those of third parties. */
export { aborted, throwIfAborted } from "./abort.ts";
export { backendFailure } from "./failure.ts";
export { loadOnce } from "./load-once.ts";
export type { OnnxRuntime } from "./runtime.ts";
export { createNative, openSession, type SessionHost } from "./session.ts";
export { type TensorBridge, type TensorBridgeOptions, tensorBridge } from "./tensors.ts";
export { type Turns, turns } from "./turns.ts";
export { typesOf } from "./types.ts";
