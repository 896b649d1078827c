import { expect, test } from "vitest";
import { checkWebGpu } from "./webgpu.ts";

test("no WebGPU, and no adapter for it, are told apart, and WebAssembly is named as the way out", async () => {
  await expect(checkWebGpu(undefined)).rejects.toMatchObject({
    code: "backend-unavailable",
    message: expect.stringMatching(/navigator\.gpu.*@halftone\/web\/wasm/),
  });
  await expect(checkWebGpu({ requestAdapter: async () => null })).rejects.toMatchObject({
    code: "backend-unavailable",
    message: expect.stringContaining("adapter"),
  });
});
