import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { createCalibrator } from "../calibrate/index.ts";
import { int, ints, type Model, viewOf } from "../ir/index.ts";
import { codeRange, fakeQuantize, seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, Placement, QuantConfigInput, Statistics, Tensor } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { operandRanges, type StartingPlan, startingObservations, startingPlan } from "./index.ts";

const backend = nodeBackend();
const narrow: QuantConfigInput = { activations: { bits: 4 }, weights: { bits: 4 } };

interface Started {
  readonly placement: Placement;
  readonly statistics: Statistics;
  readonly start: StartingPlan;
}

async function started(model: Model, x: Tensor, config: QuantConfigInput = {}): Promise<Started> {
  const placement = place(model.graph, new Map(), fixtureTarget, resolveConfig(config, fixtureTarget));
  const feeds = {
    id: "x",
    batches: 1,
    [Symbol.asyncIterator]: async function* () {
      yield { x };
    },
  };
  const statistics = await createCalibrator().collect(writeModel(model), feeds, startingObservations({ placement }), backend);
  return { placement, statistics, start: startingPlan(viewOf(model.graph), placement, statistics) };
}

/** Conv, Relu, MaxPool, Conv: what is between them is stored together. */
const convolutional = (): Model =>
  buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => {
    const relu = b.op("Relu", [b.op("Conv", [x, b.random([3, 2, 1, 1], "first_w")], {}, "first")], {}, "relu");
    const pooled = b.op("MaxPool", [relu], { kernel_shape: ints([2, 2]) }, "pool");
    return { y: b.op("Conv", [pooled, b.random([4, 3, 1, 1], "second_w")], {}, "second") };
  });

function tensor(shape: readonly number[], numberOf: (index: number) => number): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from({ length: shape.reduce((count, size) => count * size, 1) }, (_, index) => numberOf(index)) };
}

const random = seededRandom(3);
const image = tensor([1, 2, 8, 8], () => random() * 2 - 1);

async function valuesOf(model: Model, name: string, x: Tensor): Promise<Float32Array> {
  model.graph.addOutput(model.graph.value(name)!);
  const session = await backend.open(writeModel(model));
  const outputs = await session.run({ x });
  await session.dispose();
  return outputs[name]!.data as Float32Array;
}

const top = (encoding: AffineEncoding): number => (codeRange(encoding).max - encoding.zeroPoint[0]!) * encoding.scale[0]!;

describe("startingPlan", () => {
  it("answers for every tensor and weight; tensors that are stored together share an encoding", async () => {
    const { placement, start } = await started(convolutional(), image);
    const asked = [...placement.activations.flatMap(({ tensors }) => tensors), ...placement.weights.map(({ tensor }) => tensor)];
    expect(Object.keys(start.encodings).sort()).toEqual([...asked].sort());
    expect(start.encodings["pool_out"]).toEqual(start.encodings["relu_out"]);
    expect([start.operands, start.skipped]).toEqual([{}, {}]);
    expect(start.encodings["second_w"]!.scale, "of each channel").toHaveLength(4);
    expect(JSON.parse(JSON.stringify(start))).toEqual(start);
  });

  it("lets products read the extremes of what they read on narrower grids, where these are asked for", async () => {
    const { start } = await started(convolutional(), image, narrow);
    expect(Object.keys(start.operands)).toEqual(["pool_out"]);
    const { encoding } = start.operands["pool_out"]! as { encoding: AffineEncoding };
    const largest = Math.max(...(await valuesOf(convolutional(), "pool_out", image)));
    expect([encoding.bits, encoding.zeroPoint[0]]).toEqual([4, 0]);
    expect(top(encoding)).toBeCloseTo(largest, 5);
    expect(start.encodings["pool_out"]!.bits, "stored with all bits of the container").toBeUndefined();
  });

  it("clips what is stored where that costs less than it gains, and nothing that products read", async () => {
    // Most values are small, some are large.
    const heavy = tensor([1, 2, 8, 8], () => Math.log(1 - random()) * (random() < 0.5 ? 1 : -1));
    const coarse: QuantConfigInput = { activations: { bits: 2 } };
    const full = await started(convolutional(), heavy, { ...coarse, scope: "full" });
    const stored = full.start.encodings["relu_out"]!;
    const values = await valuesOf(convolutional(), "relu_out", heavy);
    const largest = Math.max(...values);
    expect(top(stored)).toBeLessThan(0.9 * largest);
    const whole: AffineEncoding = { ...stored, scale: [Math.fround(largest / 3)], zeroPoint: [0] };
    expect(squaredError(values, stored)).toBeLessThan(squaredError(values, whole));
    const { operands } = (await started(convolutional(), heavy, coarse)).start;
    const pooled = Math.max(...(await valuesOf(convolutional(), "pool_out", heavy)));
    expect(top(operands["pool_out"]!.encoding as AffineEncoding)).toBeCloseTo(pooled, 5);
  });

  it("ends grids where values cannot be: a Softmax stays in [0, 1]", async () => {
    const model = buildModel({ inputs: { x: [4, 8] } }, (b, { x }) => {
      const scores = b.op("Softmax", [b.op("MatMul", [x, b.random([8, 8])], {}, "first")], {}, "softmax");
      return { y: b.op("MatMul", [scores, b.random([8, 3])], {}, "second") };
    });
    const { start } = await started(
      model,
      tensor([4, 8], () => random() * 60 - 30),
      narrow,
    );
    const { encoding } = start.operands["softmax_out"]! as { encoding: AffineEncoding };
    expect(encoding.zeroPoint[0]).toBe(0);
    expect(top(encoding)).toBeCloseTo(1, 4);
  });

  it("skips what reaches infinity or was never seen, with the reason, and what products read of it", async () => {
    const model = () =>
      buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => {
        const first = b.op("Conv", [b.op("Exp", [x], {}, "exp"), b.random([3, 2, 1, 1])], {}, "first");
        return { y: b.op("Conv", [b.op("Tanh", [first], {}, "tanh"), b.random([3, 3, 1, 1])], {}, "second") };
      });
    const large = tensor([1, 2, 8, 8], (index) => (index === 5 ? 1000 : 0));
    for (const config of [{}, narrow]) {
      const { start } = await started(model(), large, config);
      expect(start.skipped["exp_out"]).toBe("its values reach infinity on the calibration data");
      expect([start.encodings["exp_out"], start.operands["exp_out"]]).toEqual([undefined, undefined]);
      expect(start.encodings["tanh_out"]).toBeDefined();
    }
  });
});

describe("a tensor that is stored together with one that reaches infinity", () => {
  it("is skipped with it, also for products that read it alone", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => {
      const finite = b.op("Tanh", [x], {}, "tanh");
      const joined = b.op("Concat", [b.op("Exp", [x], {}, "exp"), finite], { axis: int(1) }, "join");
      return { y: b.op("Conv", [joined, b.random([3, 4, 1, 1])], {}, "first"), z: b.op("Conv", [finite, b.random([3, 2, 1, 1])], {}, "second") };
    });
    const { placement, start } = await started(
      model,
      tensor([1, 2, 8, 8], (index) => (index === 5 ? 1000 : 0)),
      narrow,
    );
    expect(placement.activations.find(({ tensors }) => tensors.includes("tanh_out"))!.tensors).toContain("exp_out");
    expect(start.skipped["tanh_out"]).toBe("its values reach infinity on the calibration data");
    expect(start.operands).toEqual({});
  });
});

describe("operandRanges", () => {
  it("are one per channel where the channels are known", async () => {
    const { placement, statistics } = await started(convolutional(), image, narrow);
    const ranges = operandRanges(placement.operands.find(({ tensor: name }) => name === "x")!, statistics);
    const channels = [0, 1].map((channel) => (image.data as Float32Array).subarray(channel * 64, (channel + 1) * 64));
    expect(ranges).toEqual(channels.map((values) => ({ min: Math.min(...values), max: Math.max(...values) })));
  });

  it("are a single one where they are not", async () => {
    const model = buildModel({ inputs: { x: [4, 8] } }, (b, { x }) => {
      const left = b.op("Tanh", [x], {}, "left");
      return { y: b.op("MatMul", [left, b.op("Transpose", [left], { perm: ints([1, 0]) })], {}, "product") };
    });
    const { placement, statistics } = await started(
      model,
      tensor([4, 8], (index) => index - 16),
    );
    const [range, ...others] = operandRanges(placement.operands[0]!, statistics);
    expect(others).toEqual([]);
    expect([range!.min, range!.max]).toEqual([-1, 1]);
  });
});

function squaredError(values: Float32Array, encoding: AffineEncoding): number {
  const read = fakeQuantize({ dtype: "float32", shape: [values.length], data: values }, encoding).data as Float32Array;
  return values.reduce((sum, value, index) => sum + (value - read[index]!) ** 2, 0);
}
