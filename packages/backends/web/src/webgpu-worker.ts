/** The program of the worker behind `webgpuBackend`. */
import { serveWebGpu } from "./webgpu.ts";

serveWebGpu();
