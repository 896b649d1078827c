import { planDifferences, type QuantReport, quantize, type Target } from "@halftone/core";
import { floats } from "@halftone/core/testing";
import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { realMethods } from "./fixtures/real-methods.ts";
import type { RealModel } from "./fixtures/real-model.ts";
import { webWasm, webWasmInteger } from "./target/web-wasm.ts";
import { wasmBackend } from "./wasm.ts";

const pictures = 4;

test.for([
  ["mobilevit-imagenette", "min-max"],
  ["mobilevit-imagenette", "fq-vit"],
  ["mobilenet-v2-1.0-224", "min-max"],
] as const)("%s is quantized in the page as on Node: %s", async ([name, method], context) => {
  const real = await commands.onNode<RealModel | undefined>("/packages/backends/web/src/fixtures/real-model.ts", name, "imagenette", pictures, method);
  if (!real) return context.skip(`needs the assets' ${name}`);
  const feeds = real.samples.map((sample) => ({ [real.input]: floats(real.shape, new Float32Array(bytesOf(sample).buffer)) }));
  const source = {
    id: name,
    batches: feeds.length,
    async *[Symbol.asyncIterator]() {
      yield* feeds;
    },
  };
  const quantizeFor = (target: Target) =>
    quantize({ model: { model: bytesOf(real.model) }, source, method: realMethods[method](), target, backend: wasmBackend() });
  const integer = await quantizeFor(webWasmInteger());
  const mixed = await quantizeFor(webWasm());
  const differences = planDifferences(integer.plan, real.plan);
  console.info(
    `${name}, ${method}: scales within ${differences.scale} of Node's; ${speeds("8 bits", integer.report)}; ${speeds("for web-wasm", mixed.report)}`,
  );

  expect(planDifferences(integer.plan, real.wasmPlan), "with the same runtime").toEqual({ scale: 0, others: [] });
  expect(differences.others).toEqual([]);
  // The float network itself differs between the two runtimes, by the order in which they add; through the depth of a network that grows.
  expect(differences.scale).toBeLessThan(1e-5);
  expect(integer.report.agreement?.top1).toBeGreaterThanOrEqual(0.75);
  expect(mixed.report.bytes.after).toBeLessThan(0.35 * mixed.report.bytes.before);
});

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

function speeds(label: string, { latency }: QuantReport): string {
  if (!latency) return `${label} was not timed`;
  const milliseconds = (seconds: number) => (seconds * 1000).toFixed(1);
  return `${label} ${milliseconds(latency.quantized)} ms, float ${milliseconds(latency.float)} ms`;
}
