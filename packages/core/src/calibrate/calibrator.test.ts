import { describe, expect, it } from "vitest";
import { int, ints } from "../ir/index.ts";
import { normalize } from "../normalize/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { CalibrationSource, QuantEvent, Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { createCalibrator } from "./calibrator.ts";
import { backend, collect, countingBackend, randomTensor, sourceOf } from "./fixtures/calibrated.ts";
import { observeExtremes } from "./observe-extremes.ts";
import { observeHistogram } from "./observe-histogram.ts";
import { observeMovingAverage } from "./observe-moving-average.ts";

const network = () =>
  buildModel({ inputs: { x: ["batch", 4, 8, 8], bias: [16] } }, (b, { x, bias }) => {
    const conv = b.op("Conv", [x, b.random([16, 4, 3, 3]), bias], { pads: ints([1, 1, 1, 1]) }, "conv");
    return { y: b.op("GlobalAveragePool", [b.op("Relu", [conv], {}, "relu")]) };
  });
const sample = (seed: number): { x: Tensor; bias: Tensor } => ({ x: randomTensor([1, 4, 8, 8], seed), bias: randomTensor([16], seed) });
const observed = [observeExtremes("relu_out")];

async function normalized(model = network()) {
  await normalize(model, { backend });
  return writeModel(model);
}

describe("createCalibrator", () => {
  it("opens the model once and runs it once per sample, whatever is observed and how often", async () => {
    const counting = countingBackend();
    const observations = [
      observeExtremes("conv_out"),
      observeExtremes("conv_out"),
      observeMovingAverage("conv_out"),
      observeHistogram("conv_out"),
      observeExtremes("relu_out"),
    ];
    const statistics = await createCalibrator().collect(await normalized(), sourceOf([1, 2, 3].map(sample)), observations, counting.backend);
    expect(counting.counts).toMatchObject({ opened: 1, runs: 3, disposed: 1 });
    expect(statistics.get(observeExtremes("relu_out")).min).toBe(0);
    expect(statistics.get(observeHistogram("conv_out")).total).toBeGreaterThan(0);
    expect(() => statistics.get(observeExtremes("x"))).toThrow(/"extremes:x" was not collected/);
  });

  it("runs nothing when nothing is observed", async () => {
    const counting = countingBackend();
    await createCalibrator().collect(await normalized(), sourceOf([]), [], counting.backend);
    expect(counting.counts.opened).toBe(0);
  });

  it("refuses a source without samples, by name", async () => {
    await expect(collect(network(), [], observed)).rejects.toMatchObject({ code: "empty-calibration", message: expect.stringContaining('"samples"') });
  });

  it("names the tensor that an observation cannot mean", async () => {
    await expect(collect(network(), [sample(1)], [observeExtremes("nothing")])).rejects.toMatchObject({ code: "internal", details: { tensor: "nothing" } });
  });

  const wrong: readonly (readonly [string, (feeds: Tensors) => Tensors, string | RegExp])[] = [
    ["a missing input", ({ x }) => ({ x: x! }), 'Sample 1: input "bias" is missing.'],
    ["an unknown name", (feeds) => ({ ...feeds, image: feeds["x"]! }), /"image" is no input of the model; its inputs are "x", "bias"/],
    [
      "a wrong dtype",
      (feeds) => ({ ...feeds, x: { dtype: "float64", shape: [1, 4, 8, 8], data: new Float64Array(256) } }),
      /input "x" is float64 \[1, 4, 8, 8\]; the model expects float32 \[batch, 4, 8, 8\]/,
    ],
    ["a wrong size", (feeds) => ({ ...feeds, x: randomTensor([1, 3, 8, 8], 1) }), /is float32 \[1, 3, 8, 8\]; the model expects float32 \[batch, 4, 8, 8\]/],
    ["a wrong rank", (feeds) => ({ ...feeds, x: randomTensor([4, 8, 8], 1) }), /is float32 \[4, 8, 8\]/],
    [
      "too few elements",
      (feeds) => ({ ...feeds, x: { dtype: "float32", shape: [1, 4, 8, 8], data: new Float32Array(7) } }),
      /holds 7 elements; its shape \[1, 4, 8, 8\] needs 256/,
    ],
    [
      "NaN",
      (feeds) => ({ ...feeds, bias: { dtype: "float32", shape: [16], data: new Float32Array(16).fill(Number.NaN, 15) } }),
      'Sample 1: input "bias" holds NaN or infinity.',
    ],
    [
      "infinity",
      (feeds) => ({ ...feeds, bias: { dtype: "float32", shape: [16], data: new Float32Array(16).fill(-Infinity, 2, 3) } }),
      'Sample 1: input "bias" holds NaN or infinity.',
    ],
  ];
  it.each(wrong)("refuses %s, naming sample and input", async (_, spoil, message) => {
    const running = collect(network(), [sample(1), spoil(sample(2))], observed);
    await expect(running).rejects.toMatchObject({
      code: "invalid-data",
      message: typeof message === "string" ? message : expect.stringMatching(message),
      details: { sample: 1 },
    });
  });

  it("names node, tensor and sample where the model computes NaN, even when pooling would hide it", async () => {
    const model = buildModel({ inputs: { x: [1, 16, 8, 8] } }, (b, { x }) => {
      const root = b.op("Sqrt", [b.op("Conv", [x, b.constant(Array(16).fill(1), [16, 1, 1, 1])], { group: int(16) }, "conv")], {}, "root");
      return { y: b.op("MaxPool", [root], { kernel_shape: ints([8, 8]) }, "pool") };
    });
    const [good, bad] = [new Float32Array(1024).fill(1), new Float32Array(1024).fill(1)];
    bad[700] = -1;
    const samples = [good, bad].map((data) => ({ x: { dtype: "float32" as const, shape: [1, 16, 8, 8], data } }));
    await expect(collect(model, samples, [observeExtremes("y")])).rejects.toMatchObject({
      code: "invalid-data",
      message: expect.stringMatching(/^Sample 1 makes node "root" compute NaN in "root_out"/),
      details: { sample: 1, tensor: "root_out", node: "root" },
    });
  });

  it("reports infinity as what was seen: masks hold it rightly", async () => {
    const model = buildModel({ inputs: { x: [2, 4] } }, (b, { x }) => {
      const masked = b.op("Add", [x, b.constant([0, 0, -Infinity, 0])], {}, "masked");
      return { y: b.op("Softmax", [masked]) };
    });
    const statistics = await collect(
      model,
      [{ x: randomTensor([2, 4], 1) }],
      [observeExtremes("masked_out"), observeHistogram("masked_out"), observeExtremes("y")],
    );
    expect(statistics.get(observeExtremes("masked_out")).min).toBe(-Infinity);
    expect(statistics.get(observeHistogram("masked_out"))).toMatchObject({ infinite: 2, total: 6 });
    expect(statistics.get(observeExtremes("y")).max).toBeLessThanOrEqual(1);
  });

  it("says which sample the runtime refused", async () => {
    const model = buildModel({ inputs: { x: ["batch", "length"] } }, (b, { x }) => ({ y: b.op("Add", [x, b.constant([1, 2, 3])], {}, "sum") }));
    const samples = [{ x: randomTensor([1, 3], 1) }, { x: randomTensor([1, 5], 2) }];
    await expect(collect(model, samples, [observeExtremes("y")])).rejects.toMatchObject({
      code: "backend-failed",
      message: expect.stringMatching(/^Sample 1 could not be run/),
      details: { sample: 1 },
    });
  });

  it("tells how far it is and how long the rest takes, ten times a second at most", async () => {
    const events: QuantEvent[] = [];
    let time = 0;
    const calibrator = createCalibrator({ now: () => (time += 40) });
    await calibrator.collect(await normalized(), sourceOf([1, 2, 3, 4, 5, 6, 7].map(sample)), observed, backend, { onEvent: (event) => events.push(event) });
    expect(events).toEqual([
      { type: "progress", stage: "calibrate", done: 1, total: 7, secondsLeft: 0.24 },
      { type: "progress", stage: "calibrate", done: 4, total: 7, secondsLeft: 0.12 },
      { type: "progress", stage: "calibrate", done: 7, total: 7, secondsLeft: 0 },
    ]);
  });

  it("does not know the time left of a source that does not know its length", async () => {
    const events: QuantEvent[] = [];
    const { batches: _, ...source } = sourceOf([sample(1)]);
    await createCalibrator().collect(await normalized(), source, observed, backend, { onEvent: (event) => events.push(event) });
    expect(events).toEqual([{ type: "progress", stage: "calibrate", done: 1, total: undefined, secondsLeft: undefined }]);
  });

  it("stops at the next run when aborted, and closes source and session", async () => {
    const controller = new AbortController();
    const counting = countingBackend();
    let closed = false;
    const source: CalibrationSource = {
      id: "endless",
      async *[Symbol.asyncIterator]() {
        try {
          for (let index = 0; ; index++) {
            if (index === 3) controller.abort();
            yield sample(index);
          }
        } finally {
          closed = true;
        }
      },
    };
    const running = createCalibrator().collect(await normalized(), source, observed, counting.backend, { signal: controller.signal });
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    expect(counting.counts.runs).toBeLessThanOrEqual(3);
    expect(counting.counts.disposed).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(closed).toBe(true);
  });
});
