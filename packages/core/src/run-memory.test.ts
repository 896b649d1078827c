import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { expect, test } from "vitest";
import { ints } from "./ir/index.ts";
import { seededRandom } from "./numerics/index.ts";
import { writeModel } from "./onnx/index.ts";
import { plan, quantize, quantizeUnverified } from "./quantizer.ts";
import { createRunMemory } from "./run-memory.ts";
import type { Backend, CalibrationSource, QuantizeOptions } from "./spec/index.ts";
import { buildModel } from "./testing/build-model.ts";

const target = await nodeTarget();
const model = writeModel(
  buildModel({ inputs: { x: [1, 3, 8, 8] } }, (b, { x }) => {
    const hidden = b.op("Relu", [b.op("Conv", [x, b.random([8, 3, 3, 3])], { pads: ints([1, 1, 1, 1]) })]);
    return { scores: b.op("Gemm", [b.op("Flatten", [b.op("GlobalAveragePool", [hidden])]), b.random([8, 10])]) };
  }),
);

function source(count: number): CalibrationSource {
  return {
    id: `${count} samples`,
    batches: count,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(5);
      for (let index = 0; index < count; index++) {
        yield { x: { dtype: "float32", shape: [1, 3, 8, 8], data: Float32Array.from({ length: 192 }, () => random() * 2 - 1) } };
      }
    },
  };
}

/** Counts the sessions that are opened. */
function counting(): { readonly backend: Backend; readonly opened: () => number } {
  const inner = nodeBackend();
  let opened = 0;
  return {
    backend: {
      ...inner,
      open: (files, options) => {
        opened++;
        return inner.open(files, options);
      },
    },
    opened: () => opened,
  };
}

const wanted: readonly Pick<QuantizeOptions, "method" | "config" | "source">[] = [
  { method: minMax(), source: source(4) },
  { method: minMax(), source: source(4), config: { weights: { granularity: "tensor" } } },
  { method: minMax({ calibration: "percentile", percentile: 99 }), source: source(4) },
  { method: minMax(), source: source(9), config: { activations: { scheme: "symmetric" } } },
];

test("plans are the same with and without it, one after the other and all at once", async () => {
  const { backend } = counting();
  const alone = await Promise.all(wanted.map((each) => plan({ model, backend, target, ...each })));
  expect(new Set(alone.map((each) => JSON.stringify(each))).size).toBe(4);
  const memory = createRunMemory();
  for (const [index, each] of wanted.entries()) expect(await plan({ model, backend, target, memory, ...each })).toEqual(alone[index]);
  const another = createRunMemory();
  expect(await Promise.all(wanted.map((each) => plan({ model, backend, target, memory: another, ...each })))).toEqual(alone);
});

test("a second configuration on the same statistics opens no session to prepare or to calibrate", async () => {
  const { backend, opened } = counting();
  const memory = createRunMemory();
  await plan({ model, backend, target, memory, ...wanted[0]! });
  const first = opened();
  expect(first).toBeGreaterThan(0);
  await plan({ model, backend, target, memory, ...wanted[1]! });
  expect(opened()).toBe(first);
  await plan({ model, backend, target, memory, ...wanted[2]! });
  expect(opened()).toBeGreaterThan(first);
});

test("what failed is tried again", async () => {
  const memory = createRunMemory();
  await expect(memory.remember("key", () => Promise.reject(new TypeError("no")))).rejects.toThrow("no");
  expect(await memory.remember("key", async () => 1)).toBe(1);
  expect(await memory.remember("key", async () => 2)).toBe(1);
});

test("the unverified model is the one that quantize verifies", async () => {
  const { backend } = counting();
  const options = { model, backend, target, ...wanted[0]! };
  const [unverified, verified] = [await quantizeUnverified(options), await quantize(options)];
  expect(unverified).toEqual({ model: verified.model, plan: verified.plan });
});
