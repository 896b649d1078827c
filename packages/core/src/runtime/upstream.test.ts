import { describe, expect, it } from "vitest";
import { ints, type Model } from "../ir/index.ts";
import { fakeQuantize, roundHalfEven } from "../numerics/index.ts";
import { encodeCodes } from "../plan/index.ts";
import type { AffineEncoding, Encoding, LayerSample, OperandPlan, PartialPlan, Tensor, Tensors } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { activationEncoding, rescalingOf } from "./fixtures/encodings.ts";
import { outputsOf } from "./fixtures/exported.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { expectClose, multiply, randomTensor, roundingOf } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

/** What a hand-written network computes of the input. */
type Change = (weight: Tensor) => Tensor;

const tokens = [2, 3, 8];
const images = [2, 3, 6, 6];
const firstWeight: AffineEncoding = { kind: "affine", dtype: "int8", bits: 4, scale: [0.125], zeroPoint: [0] };

/** A weight of the first layer, changed by hand. */
const first = (b: GraphBuilder, shape: readonly number[], change: Change) => b.constant(change(b.random(shape, "given").constant!), undefined, "first_w");

/** MatMul with bias, an activation, MatMul. */
const linear = (change: Change): Model =>
  buildModel({ inputs: { x: ["n", 3, 8] } }, (b, { x }) => {
    const sum = b.op("Add", [b.op("MatMul", [x, first(b, [8, 6], change)], {}, "first"), b.random([6])]);
    return { y: b.op("MatMul", [b.op("Tanh", [sum], {}, "tanh"), b.random([6, 4], "second_w")], {}, "second") };
  });

/** Conv, Relu, Conv. */
const convolutional = (change: Change): Model =>
  buildModel({ inputs: { x: ["n", 3, 6, 6] } }, (b, { x }) => {
    const conv = b.op("Conv", [x, first(b, [4, 3, 3, 3], change), b.random([4])], { pads: ints([1, 1, 1, 1]) }, "first");
    return { y: b.op("Conv", [b.op("Relu", [conv], {}, "relu"), b.random([5, 4, 1, 1], "second_w")], {}, "second") };
  });

/** The samples of the second layer, in the float network and behind the encodings. */
async function samplesOf(
  model: Model,
  feeds: readonly Tensors[],
  upstream: PartialPlan,
  node = "second",
): Promise<readonly [float: LayerSample, behind: LayerSample]> {
  const { runtime, layer } = await searchCase(model, feeds);
  const samples = [...(await runtime.sample([layer(node)], everyPosition)), ...(await runtime.sample([layer(node)], { ...everyPosition, upstream }))];
  await runtime.dispose();
  return samples as [LayerSample, LayerSample];
}

async function tensorIn(model: Model, tensor: string, x: Tensor): Promise<Tensor> {
  model.graph.addOutput(model.graph.value(tensor)!);
  return (await outputsOf(model, [{ x }], tensor, { fuseQuantized: false }))[0]!;
}

/** Rows of images [n, C, ...] as a 1 x 1 convolution reads them. */
function pixels({ shape, data }: Tensor): Float32Array {
  const [samples, channels] = shape as [number, number];
  const plane = data.length / samples / channels;
  return Float32Array.from(data as Float32Array, (_, index) => {
    const [channel, position] = [index % channels, Math.floor(index / channels)];
    return data[(Math.floor(position / plane) * channels + channel) * plane + (position % plane)] as number;
  });
}

const unchanged: Change = (weight) => weight;
const rounded: Change = (weight) => fakeQuantize(weight, firstWeight);
const input = activationEncoding(-1, 1, 5);
/** Half a step of the int32 bias, and the rounding of float32. */
const tolerance = (input.scale[0]! * firstWeight.scale[0]!) / 2 + roundingOf(30);

describe("a layer behind encodings", () => {
  const x = randomTensor(tokens);

  async function expectTokens(upstream: PartialPlan, read: Tensor, change: Change, allowed = tolerance): Promise<void> {
    const [float, behind] = await samplesOf(linear(unchanged), [{ x }], upstream);
    const expected = await tensorIn(linear(change), "tanh_out", read);
    expectClose(behind.left.data as Float32Array, expected.data as Float32Array, allowed);
    expect(behind.left.data, "something is rounded").not.toEqual(float.left.data);
    expect(behind.reference.data).toEqual(float.reference.data);
    expectClose(behind.reference.data as Float32Array, multiply(float.left, float.right), roundingOf(6));
  }

  it("sees what those in front of it compute, and is compared with the float product", async () => {
    await expectTokens({ encodings: { x: input, first_w: firstWeight } }, fakeQuantize(x, input), rounded);
  });

  it("sees operands that products read otherwise than they are stored: other grids, and rescaled ones", async () => {
    const twin: Encoding = { kind: "twin", threshold: 0, low: activationEncoding(-1, 0, 3), high: activationEncoding(0, 1, 3) };
    await expectTokens({ encodings: { first_w: firstWeight }, operands: { x: { encoding: twin } } }, fakeQuantize(x, twin), rounded);
    const perChannel: OperandPlan = { encoding: activationEncoding(-4, 4), rescaling: rescalingOf(2, 8, true) };
    // Both are rounded finely: the rescaled network is nearly the float one.
    const fine: AffineEncoding = { ...firstWeight, dtype: "int16", bits: 12, scale: [2 ** -10] };
    await expectTokens({ encodings: { first_w: fine }, operands: { x: perChannel } }, x, unchanged, 8 * 1.5 * (8 / 255));
  });

  it("sees codes that are not the nearest ones", async () => {
    const codes = { first_w: encodeCodes(new Int8Array(48).fill(3)) };
    const same: Change = (weight) => ({ ...weight, data: new Float32Array(48).fill(3 * 0.125) });
    await expectTokens({ encodings: { x: input, first_w: firstWeight }, codes }, fakeQuantize(x, input), same);
  });

  it("sees its own operand before its own grid", async () => {
    const operands = { tanh_out: { encoding: activationEncoding(-1, 1, 2) } };
    await expectTokens({ encodings: { x: input, first_w: firstWeight }, operands }, fakeQuantize(x, input), rounded);
  });

  it("sees the float network where a layer in front has not all of its encodings, or none is given", async () => {
    for (const upstream of [{}, { encodings: { x: input } }, { encodings: { first_w: firstWeight } }, { operands: { tanh_out: { encoding: input } } }]) {
      const [float, behind] = await samplesOf(linear(unchanged), [{ x }], upstream);
      expectClose(behind.left.data as Float32Array, float.left.data as Float32Array, roundingOf(8));
    }
  });
});

describe("a layer behind an integer convolution and the Relu it absorbs", () => {
  const x = randomTensor(images);
  const relu = activationEncoding(0, 2, 6);
  const quantized: PartialPlan = { encodings: { x: input, first_w: firstWeight } };

  it("sees what is stored, where that has an encoding", async () => {
    const upstream = { encodings: { ...quantized.encodings, relu_out: relu } };
    const [float, behind] = await samplesOf(convolutional(unchanged), [{ x }], upstream);
    const expected = pixels(fakeQuantize(await tensorIn(convolutional(rounded), "relu_out", fakeQuantize(x, input)), relu));
    // The bias's rounding may move a value across a threshold: then it is one step away.
    const found = behind.left.data as Float32Array;
    expectClose(found, expected, relu.scale[0]! * 1.001);
    expect(found.filter((value, index) => Math.abs(value - expected[index]!) < 1e-5).length).toBeGreaterThan(found.length * 0.9);
    expect(behind.reference.data).toEqual(float.reference.data);
  });

  it("sees it stored on the grid of those that read it, where they are decided and there is no other", async () => {
    const read = activationEncoding(0, 2, 3);
    const upstream = { encodings: { ...quantized.encodings, relu_out: relu, second_w: firstWeight }, operands: { relu_out: { encoding: read } } };
    const [, behind] = await samplesOf(convolutional(unchanged), [{ x }], upstream);
    const left = behind.left.data as Float32Array;
    const steps = left.map((value) => value / read.scale[0]!);
    expectClose(
      steps,
      steps.map((step) => roundHalfEven(step)),
      1e-4,
    );
    const once = pixels(fakeQuantize(await tensorIn(convolutional(rounded), "relu_out", fakeQuantize(x, input)), read));
    expectClose(left, once, read.scale[0]! * 1.001);
  });

  it("sees a float activation of it, where that has none yet", async () => {
    const [, behind] = await samplesOf(convolutional(unchanged), [{ x }], quantized);
    const expected = pixels(await tensorIn(convolutional(rounded), "relu_out", fakeQuantize(x, input)));
    expectClose(behind.left.data as Float32Array, expected, tolerance);
    expect(Math.min(...expected)).toBe(0);
  });
});

describe("a product behind encodings", () => {
  it("sees both of its sides, of which one may not have changed", async () => {
    const model = (change: Change): Model =>
      buildModel({ inputs: { x: ["n", 3, 8] } }, (b, inputs) => {
        const key = b.op("Transpose", [b.op("MatMul", [inputs.x, first(b, [8, 8], change)], {}, "first")], { perm: ints([0, 2, 1]) }, "key");
        return { y: b.op("MatMul", [b.op("Tanh", [inputs.x], {}, "query"), key], {}, "scores") };
      });
    const x = randomTensor(tokens);
    const [float, behind] = await samplesOf(model(unchanged), [{ x }], { encodings: { x: input, first_w: firstWeight } }, "scores");
    expectClose(behind.left.data as Float32Array, float.left.data as Float32Array, 1e-6);
    const expected = await tensorIn(model(rounded), "key_out", fakeQuantize(x, input));
    expectClose(behind.right.data as Float32Array, expected.data as Float32Array, tolerance);
    expect(behind.right.data).not.toEqual(float.right.data);
    expect(behind.reference.data).toEqual(float.reference.data);
  });
});
