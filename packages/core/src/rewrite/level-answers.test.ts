import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { createCalibrator } from "../calibrate/index.ts";
import { ints, type Model, type Value, viewOf } from "../ir/index.ts";
import { fakeQuantize, quantizeTensor, seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import { assemblePlan, levelAnswers, levelObservations, type StartingPlan, startingObservations, startingPlan } from "../plan/index.ts";
import type { CalibrationSource, QuantConfigInput, QuantPlan, Target, Tensor } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { runModel } from "./fixtures/plan-by-range.ts";
import { rewriteModel } from "./index.ts";

const [inputs, outputs, size] = [4, 6, 5];
/** Of the weights of each output channel. */
const magnitudes = [1, 1 / 64, 1 / 40, 1 / 100, 1 / 50, 1 / 80];

/** A convolution whose channels are far apart, and what reads its answer. */
function spreadModel(read: (b: GraphBuilder, answer: Value) => Value): Model {
  return buildModel({ inputs: { x: [1, inputs, size, size] } }, (b, { x }) => {
    const weight = b.random([outputs, inputs, 1, 1], "spread_w");
    const tensor = weight.content!.tensor();
    (tensor.data as Float32Array).forEach((value, index, data) => {
      data[index] = value * magnitudes[Math.floor(index / inputs)]!;
    });
    const bias = b.random([outputs], "spread_b").content!.tensor();
    (bias.data as Float32Array).forEach((value, channel, data) => {
      data[channel] = value * magnitudes[channel]!;
    });
    return { y: read(b, b.op("Conv", [x, b.constant(tensor), b.constant(bias)], {}, "spread")) };
  });
}

const throughSigmoid = (b: GraphBuilder, answer: Value): Value => b.op("Sigmoid", [answer]);

const random = seededRandom(5);
const x: Tensor = { dtype: "float32", shape: [1, inputs, size, size], data: Float32Array.from({ length: inputs * size * size }, () => random() * 2 - 1) };
const source: CalibrationSource = {
  id: "x",
  batches: 1,
  async *[Symbol.asyncIterator]() {
    yield { x };
  },
};
const shared: QuantConfigInput = { weights: { granularity: "tensor" } };

async function levelled(
  model: Model,
  config: QuantConfigInput,
  target: Target = fixtureTarget,
): Promise<{ readonly start: StartingPlan; readonly plan: QuantPlan }> {
  const placement = place(model.graph, new Map(), target, resolveConfig(config, target));
  const context = { graph: viewOf(model.graph), placement, target };
  const wanted = [...startingObservations(context), ...levelObservations(context)];
  const statistics = await createCalibrator().collect(writeModel(model), source, wanted, nodeBackend());
  const start = levelAnswers({ ...context, statistics }, startingPlan(context.graph, placement, statistics));
  return { start, plan: assemblePlan({ ...context, methodPlan: start, method: "start", model: "0".repeat(64) }) };
}

describe("answers on grids per channel", () => {
  it.each<readonly [string, QuantConfigInput, readonly number[]]>([
    ["one scale for all weights", shared, []],
    ["a scale for the weights of each channel, where answers are far apart", {}, [outputs]],
  ])("come from a kernel with %s, to the step of every channel", async (_, config, shape) => {
    const model = spreadModel(throughSigmoid);
    const { plan } = await levelled(model, config);
    expect(plan.nodes.spread).toEqual({ mode: "integer" });
    expect(plan.notes?.join()).toContain("kernels answer 1 tensor on grids per channel");
    const { graph } = await rewriteExposed(model, plan);
    const kernel = graph.node("spread")!;
    expect(kernel.inputs[1]!.producer!.inputs[1]!.shape).toEqual(shape);
    expect(kernel.inputs[2]!.producer!.inputs[1]!.shape).toEqual(shape);

    const actual = (await runModel(writeModel(await rewriteExposed(model, plan)).model, { x })).spread_out_levelled!;
    const [grid, weights] = [plan.encodings.spread_out!, plan.encodings[model.graph.node("spread")!.inputs[1]!.name]!];
    const expected = convolve(model, fakeQuantize(x, plan.encodings.x!), (weight) => fakeQuantize(weight, weights));
    actual.forEach((value, index) => {
      const channel = Math.floor(index / (size * size));
      const [step, zeroPoint] = [grid.scale[channel]!, grid.zeroPoint[channel]!];
      const held = Math.min(Math.max(expected[index]!, -zeroPoint * step), (255 - zeroPoint) * step);
      expect(Math.abs(value - held), `channel ${channel}`).toBeLessThanOrEqual(step * 0.5001 + 1e-5 * Math.abs(value));
    });
  });

  it("keep what small channels say", async () => {
    const model = spreadModel(throughSigmoid);
    const { start } = await levelled(model, shared);
    const [, ...small] = start.encodings[model.graph.node("spread")!.inputs[1]!.name]!.scale;
    for (const [index, scale] of small.entries()) expect(scale, `channel ${index + 1}`).toBeLessThan(1 / 127 / 4);
  });

  it.each<readonly [string, (b: GraphBuilder, answer: Value) => Value, QuantConfigInput]>([
    ["where an integer kernel reads them", (b, answer) => b.op("Conv", [answer, b.random([2, outputs, 3, 3])], { kernel_shape: ints([3, 3]) }, "next"), shared],
    ["where they are an output of the model", (_, answer) => answer, shared],
  ])("are not planned %s", async (_, read, config) => {
    const model = spreadModel(read);
    const { start } = await levelled(model, config);
    expect(start.encodings.spread_out?.axis).toBeUndefined();
  });

  it("leave weights with a scale per channel on their codes", async () => {
    const model = spreadModel(throughSigmoid);
    const { name, constant } = viewOf(model.graph).node("spread")!.inputs[1]!;
    const { plan } = await levelled(model, {});
    const { graph } = await rewriteExposed(model, plan);
    const { data } = graph.node("spread")!.inputs[1]!.producer!.inputs[0]!.content!.tensor();
    expect(data).toEqual(quantizeTensor(constant!, plan.encodings[name]!).data);
    expect(plan.encodings.spread_out!.axis).toBe(1);
  });

  it.each([shared, {}])("are not planned where weights and answers are alike: %j", async (config) => {
    const model = buildModel({ inputs: { x: [1, inputs, size, size] } }, (b, { x }) => ({
      y: throughSigmoid(b, b.op("Conv", [x, b.random([outputs, inputs, 1, 1], "w")], {}, "spread")),
    }));
    expect((await levelled(model, config)).start.encodings.spread_out!.axis).toBeUndefined();
  });

  it("need no kernel with a scale per channel", async () => {
    const target: Target = {
      ...fixtureTarget,
      supports: (_, __, encoding) => (encoding.kind === "affine" && encoding.axis === undefined ? { ok: true } : { ok: false, reason: "one scale" }),
    };
    const { plan } = await levelled(spreadModel(throughSigmoid), shared, target);
    expect(plan.nodes.spread).toEqual({ mode: "integer" });
  });
});

/** With the multiplied answers as an output. */
async function rewriteExposed(model: Model, plan: QuantPlan): Promise<Model> {
  const rewritten = await rewriteModel(model, plan, fixtureTarget);
  rewritten.graph.addOutput(rewritten.graph.value("spread_out_levelled")!);
  return rewritten;
}

function convolve(model: Model, read: Tensor, onGrid: (weight: Tensor) => Tensor): Float64Array {
  const [, weight, bias] = model.graph.node("spread")!.inputs.map((value) => value?.content?.tensor());
  const [values, data] = [read.data as Float32Array, onGrid(weight!).data as Float32Array];
  const pixels = size * size;
  return Float64Array.from({ length: outputs * pixels }, (_, index) => {
    const [channel, pixel] = [Math.floor(index / pixels), index % pixels];
    let sum = (bias!.data as Float32Array)[channel]!;
    for (let input = 0; input < inputs; input++) sum += data[channel * inputs + input]! * values[input * pixels + pixel]!;
    return sum;
  });
}
