/** The program of the worker behind `wasmBackend`. */
import { serveWasm } from "./wasm.ts";

serveWasm();
