import { describe, expect, it } from "vitest";
import { ints } from "../ir/index.ts";
import { normalize } from "../normalize/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { Observation } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { createCalibrator } from "./calibrator.ts";
import { countingBackend, randomTensor, sourceOf } from "./fixtures/calibrated.ts";
import { observeExtremes } from "./observe-extremes.ts";
import { observeHistogram } from "./observe-histogram.ts";
import { observeMovingAverage } from "./observe-moving-average.ts";

/** The first clipping is reached by every sample, the second by none. */
async function network(backend: ReturnType<typeof countingBackend>["backend"]) {
  const model = buildModel({ inputs: { x: ["batch", 3, 8, 8] } }, (b, { x }) => {
    const clip = (value: typeof x, name: string) => b.op("Clip", [value, b.constant([0], []), b.constant([6], [])], {}, name);
    const wide = clip(b.op("Mul", [b.op("Conv", [x, b.random([16, 3, 3, 3])], { pads: ints([1, 1, 1, 1]) }), b.constant([9], [])]), "reached");
    return { y: clip(b.op("Mul", [wide, b.constant([0.9], [])]), "unreached") };
  });
  await normalize(model, { backend });
  return writeModel(model);
}

async function run(count: number, observations: readonly Observation<unknown>[]) {
  const { backend, counts } = countingBackend();
  const model = await network(backend);
  counts.opened = 0;
  const source = sourceOf(Array.from({ length: count }, (_, seed) => ({ x: randomTensor([1, 3, 8, 8], seed + 1) })));
  return { statistics: await createCalibrator().collect(model, source, observations, backend), counts };
}

const extremes = [observeExtremes("reached_out"), observeExtremes("y")];

describe("a look at the first sample", () => {
  it("changes no statistic, whether it is taken or not", async () => {
    const others = [observeMovingAverage("reached_out"), observeHistogram("reached_out")];
    const few = await run(20, [...extremes, ...others]);
    const many = await run(200, [...extremes, ...others]);
    expect(few.counts.opened).toBe(1);
    expect(many.counts.opened).toBe(2);
    for (const { statistics } of [few, many]) expect(statistics.get(extremes[0]!)).toEqual({ min: 0, max: 6 });
    expect(many.statistics.get(extremes[1]!).max).toBeCloseTo(5.4, 5);
    expect(many.statistics.get(observeMovingAverage("reached_out"))).toEqual({ min: 0, max: expect.closeTo(6, 9) });
    expect(many.statistics.get(observeHistogram("reached_out")).total).toBe(200 * 1024);
  });

  it("is not taken where little could settle", async () => {
    const { counts } = await run(200, [observeExtremes("x"), observeMovingAverage("reached_out"), observeHistogram("y")]);
    expect(counts.opened).toBe(1);
  });
});

describe("samples", () => {
  it("are fewer of each where there are many, and enough in all", async () => {
    const { backend } = countingBackend();
    const model = writeModel(buildModel({ inputs: { x: [1, 1, 64, 128] } }, (b, { x }) => ({ y: b.op("Relu", [x]) })));
    const observation = observeHistogram("x", { samples: 4096 });
    const totalOf = async (count: number): Promise<number> => {
      const source = sourceOf(Array.from({ length: count }, (_, seed) => ({ x: randomTensor([1, 1, 64, 128], seed) })));
      return (await createCalibrator().collect(model, source, [observation], backend)).get(observation).total;
    };
    expect([await totalOf(2), await totalOf(64), await totalOf(200)]).toEqual([2 * 4096, 64 * 2048, 200 * 1024]);
  });
});
