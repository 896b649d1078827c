/** What computes: WebAssembly on the processor, or WebGPU with WebAssembly for what it cannot do. */
export type Provider = "wasm" | "webgpu";

/** What a backend may be told, and what travels to its worker. */
export interface RuntimeSettings {
  /**
   * Threads of the WebAssembly runtime, for all sessions together; a session's own `threads` is not heard. Default: the
   * runtime's choice, half of the processor's threads and at most 4, or 1 where the page is not cross-origin isolated.
   */
  readonly threads?: number;
  /** Where the runtime's `.wasm` and `.mjs` files are served. Default: beside the runtime's own module. */
  readonly wasmPaths?: string | { readonly mjs?: string; readonly wasm?: string };
  /** WebGPU only: false refuses a model that has a node which WebGPU does not run. Default true: WebAssembly runs it. */
  readonly cpuFallback?: boolean;
}
