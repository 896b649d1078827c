/** The worker's program: onnxruntime-web as it is served, beside its WebAssembly. */
import { serveWasm } from "@halftone/web/wasm";

const served = "/runtime/ort.wasm.min.mjs";

serveWasm(() => import(served));
