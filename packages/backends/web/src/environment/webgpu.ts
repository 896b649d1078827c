import { QuantError } from "@halftone/core";

/** @throws `backend-unavailable` where there is no WebGPU, or no adapter for it. */
export async function checkWebGpu(gpu: Pick<GPU, "requestAdapter"> | undefined = globalThis.navigator?.gpu): Promise<void> {
  if (!gpu) {
    throw unavailable("this browser, or this page, offers no navigator.gpu; it needs a browser with WebGPU and a page that was served over HTTPS");
  }
  if (!(await gpu.requestAdapter())) throw unavailable("the browser found no graphics adapter for it");
}

function unavailable(reason: string): QuantError {
  return new QuantError("backend-unavailable", `WebGPU cannot be used: ${reason}. The backend of @halftone/web/wasm runs everywhere.`, {
    details: { runtime: "onnxruntime-web/webgpu", reason },
  });
}
