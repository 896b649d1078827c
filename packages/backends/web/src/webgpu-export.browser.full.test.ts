import { type ModelFiles, quantize, type Tensor } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { expect, test } from "vitest";
import { hybrid, seededSource } from "./fixtures/plan-case.ts";
import { webWasmInteger } from "./target/web-wasm.ts";
import { webWebGpu } from "./target/web-webgpu.ts";
import { wasmBackend } from "./wasm.ts";
import { webgpuBackend } from "./webgpu.ts";

const alone = () => webgpuBackend({ cpuFallback: false });

async function outputOf(backend: ReturnType<typeof wasmBackend>, model: ModelFiles): Promise<Tensor> {
  const session = await backend.open(model);
  try {
    for await (const feeds of seededSource()) return (await session.run(feeds))["y"]!;
    throw new Error("no data");
  } finally {
    await session.dispose();
  }
}

test("a model quantized on WebGPU runs on it without the processor, and answers as WebAssembly does", async () => {
  const { model } = await quantize({ model: hybrid(), source: seededSource(), target: webWebGpu(), backend: webgpuBackend(), method: minMax() });
  const [gpu, cpu] = [(await outputOf(alone(), model)).data as Float32Array, (await outputOf(wasmBackend(), model)).data as Float32Array];
  const largest = cpu.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = gpu.reduce((most, value, index) => Math.max(most, Math.abs(value - cpu[index]!)), 0);
  // Far less than a step of 8 bits, which is 1/255 of the range.
  expect(distance / largest).toBeLessThan(1e-4);
});

test("a model with quantized activations does not run on WebGPU alone, which is why its target leaves them in float", async () => {
  const { model } = await quantize({ model: hybrid(), source: seededSource(), target: webWasmInteger(), backend: wasmBackend(), method: minMax() });
  await expect(alone().open(model)).rejects.toMatchObject({ code: "backend-failed", message: expect.stringMatching(/fallback|CPU/i) });
});
