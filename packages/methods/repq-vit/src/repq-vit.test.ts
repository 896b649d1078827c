import {
  type AffineEncoding,
  int,
  ints,
  type Model,
  plan,
  QuantError,
  type QuantizeOptions,
  type QuantMethod,
  quantize,
  seededRandom,
  type Tensors,
  writeModel,
} from "@halftone/core";
import { buildModel, floats, type GraphBuilder } from "@halftone/core/testing";
import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { type RepqVitOptions, repqVit } from "./index.ts";

const [tokens, width] = [12, 32];

/** LayerNorm with channels that differ by 50 and lie off zero, an MLP behind it. */
const perceptron = buildModel({ inputs: { x: [1, tokens, width] } }, (b, { x }) => {
  const norm = b.op("LayerNormalization", [x, uneven(b, "gamma", 1), uneven(b, "beta", 2)], { axis: int(-1) }, "norm");
  const hidden = b.op("Relu", [b.op("Add", [b.op("MatMul", [norm, evenedOut(b)], {}, "up"), b.random([48])])]);
  return { y: b.op("MatMul", [hidden, b.random([48, width])], {}, "down") };
});

/** One channel in eight is 50 times as wide as the others. */
function factorOf(channel: number): number {
  return channel % 8 === 0 ? 50 : 1;
}

function uneven(b: GraphBuilder, name: string, share: number) {
  return b.constant(
    Array.from({ length: width }, (_, channel) => (factorOf(channel) * (1 + Math.sin(channel))) / share),
    [width],
    name,
  );
}

/** As in a trained network, weights are small where what they read is large. */
function evenedOut(b: GraphBuilder) {
  const random = seededRandom(9);
  return b.constant(
    Array.from({ length: width * 48 }, (_, index) => (random() * 2 - 1) / factorOf(Math.floor(index / 48))),
    [width, 48],
  );
}

const attention = buildModel({ inputs: { x: [1, tokens, width] } }, (b, { x }) => {
  const project = (name: string) => b.op("MatMul", [x, b.random([width, width])], {}, name);
  const key = b.op("Transpose", [project("key")], { perm: ints([0, 2, 1]) });
  const scores = b.op("Softmax", [b.op("Mul", [b.op("MatMul", [project("query"), key], {}, "scores"), b.constant([0.1], [])])], { axis: int(-1) }, "softmax");
  return { y: b.op("MatMul", [b.op("MatMul", [scores, project("value")], {}, "mix"), b.random([width, 8])], {}, "out") };
});

/** GroupNorm of one group and a 1 x 1 convolution, as in MobileViTv2. */
const separable = buildModel({ inputs: { x: [1, 8, 5, 5] } }, (b, { x }) => {
  const scale = b.constant(Array.from({ length: 8 }, (_, channel) => factorOf(channel)));
  const norm = b.op("GroupNormalization", [x, scale, b.random([8])], { num_groups: int(1) }, "norm");
  return { y: b.op("Conv", [b.op("Relu", [b.op("Conv", [norm, b.random([6, 8, 1, 1])], {}, "first")]), b.random([4, 6, 3, 3])], {}, "second") };
});

function feedsOf(shape: readonly number[]): readonly Tensors[] {
  const random = seededRandom(4);
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: 8 }, () => ({
    x: floats(
      shape,
      Float32Array.from({ length: count }, () => 2 * random() - 1),
    ),
  }));
}

function optionsFor(model: Model, method: QuantMethod, bits: number, feeds = feedsOf(model.graph.inputs[0]!.shape as number[])): QuantizeOptions {
  const source = {
    id: "random",
    batches: feeds.length,
    async *[Symbol.asyncIterator]() {
      yield* feeds;
    },
  };
  const config = { activations: { bits }, weights: { bits } };
  return { model: writeModel(model), source, method, backend: nodeBackend(), target: nodeCpuVnni(), config };
}

async function sqnrOf(model: Model, method: QuantMethod, bits: number): Promise<number> {
  return (await quantize(optionsFor(model, method, bits))).report.outputs["y"]!.sqnrDb;
}

describe("linear layers behind a normalization", () => {
  it("have one grid whose channels are alike: far closer to float at 6 bits than a range per tensor", async () => {
    const { operands } = await plan(optionsFor(perceptron, repqVit(), 6));
    const { encoding, rescaling } = operands!["norm_out"]!;
    expect(encoding).toMatchObject({ kind: "affine", bits: 6, scale: [expect.any(Number)] });
    expect(rescaling!.scale).toHaveLength(width);
    const [repq, plain, unchanged] = [repqVit(), minMax(), repqVit({ reparameterization: false })];
    const sqnr = await sqnrOf(perceptron, repq, 6);
    // Seven eighths of the channels lie within two steps of the tensor's grid, and on all of the layer-wise one.
    expect(sqnr).toBeGreaterThan((await sqnrOf(perceptron, plain, 6)) + 6);
    expect(sqnr).toBeGreaterThan((await sqnrOf(perceptron, unchanged, 6)) + 6);
  });

  it("compute the same: on grids of 16 bits the output is that of the float network", async () => {
    const options = optionsFor(perceptron, repqVit(), 8);
    const config = { activations: { dtype: "uint16", bits: 16 }, weights: { dtype: "int16", bits: 16 } } as const;
    const { plan: made, report } = await quantize({ ...options, config });
    expect(made.operands!["norm_out"]!.rescaling).toBeDefined();
    // A full-scale signal on 2^16 steps has 96 dB; ranges that are cut at percentiles leave some out.
    expect(report.outputs["y"]!.sqnrDb).toBeGreaterThan(60);
  });

  it("may be 1 x 1 convolutions behind a GroupNorm", async () => {
    const { operands } = await plan(optionsFor(separable, repqVit(), 6));
    expect(operands!["norm_out"]!.rescaling).toMatchObject({ axis: 1 });
    expect(await sqnrOf(separable, repqVit(), 6)).toBeGreaterThan(20);
  });
});

describe("attention weights", () => {
  it("lie on a log sqrt2 grid, which a note calls emulated, or on a uniform one", async () => {
    const log = await plan(optionsFor(attention, repqVit(), 4));
    expect(log.operands!["softmax_out"]!.encoding).toMatchObject({ kind: "log", base: "sqrt2", bits: 4, rounding: "nearest" });
    expect(log.nodes["mix"]!.mode).toBe("emulated");
    expect(log.notes!.join()).toContain("log sqrt2 grids: no runtime has a kernel for them, the products that read them are emulated");
    const uniform = await plan(optionsFor(attention, repqVit({ softmax: "uniform" }), 4));
    expect(uniform.operands!["softmax_out"]!.encoding).toMatchObject({ kind: "affine", bits: 4 });
    expect((uniform.notes ?? []).join()).not.toContain("log sqrt2");
  });
});

describe("zero points", () => {
  const conv = buildModel({ inputs: { x: [1, 3, 6, 6] } }, (b, { x }) => {
    const positive = b.op("Exp", [b.op("Tanh", [x])], {}, "positive");
    return { y: b.op("Conv", [positive, b.random([4, 3, 3, 3])], {}, "conv") };
  });
  const gridOf = async (options: RepqVitOptions): Promise<AffineEncoding> => {
    const { encodings, operands } = await plan(optionsFor(conv, repqVit(options), 6, feedsOf([1, 3, 6, 6])));
    return (operands?.["positive_out"]?.encoding ?? encodings["positive_out"]) as AffineEncoding;
  };

  it("a range above zero is extended to it, or saturates where its zero point is clamped", async () => {
    const [included, clamped] = [await gridOf({}), await gridOf({ zeroPointGuard: "clamp" })];
    expect([included.zeroPoint, clamped.zeroPoint]).toEqual([[0], [0]]);
    // From exp(tanh(-1)) to exp(tanh(1)).
    expect(included.scale[0]! * 63).toBeCloseTo(2.142, 1);
    expect(clamped.scale[0]! * 63).toBeCloseTo(2.142 - 0.467, 1);
  });
});

describe("a run", () => {
  it.each([
    ["softmax", { softmax: "log2" }],
    ["zeroPointGuard", { zeroPointGuard: "none" }],
    ["groupsPerPass", { groupsPerPass: 0 }],
    ["positions", { positions: 1.5 }],
    ["reparameterization", { reparameterization: 1 }],
  ])("refuses a wrong %s", (field, options) => {
    expect(() => repqVit(options as RepqVitOptions)).toThrowError(expect.objectContaining({ code: "invalid-config", details: { field } }));
  });

  it("stops between layers when aborted", async () => {
    const controller = new AbortController();
    const method = repqVit({ groupsPerPass: 1 });
    const aborting: QuantMethod = {
      ...method,
      plan: (context) => method.plan({ ...context, signal: controller.signal, progress: () => controller.abort() }),
    };
    await expect(plan(optionsFor(perceptron, aborting, 6))).rejects.toSatisfy((error) => QuantError.is(error, "aborted"));
  });

  it("that was interrupted goes on where it was: what is known is not sampled again", async () => {
    const known = new Map<string, never>();
    const checkpoint = { get: async (key: string) => known.get(key), set: async (key: string, value: unknown) => void known.set(key, value as never) };
    let sampled = 0;
    const counting: QuantMethod = {
      ...repqVit({ groupsPerPass: 1 }),
      plan: (context) => {
        const sample: typeof context.runtime.sample = (...asked) => {
          sampled++;
          return context.runtime.sample(...asked);
        };
        return repqVit({ groupsPerPass: 1 }).plan({ ...context, runtime: { ...context.runtime, sample } });
      },
    };
    const run = () => plan({ ...optionsFor(attention, counting, 6), search: { checkpoint } });
    const first = await run();
    // Twice for the ranges to start from, which are kept as one step.
    expect(sampled).toBe(6);
    expect(known.size).toBe(5);
    known.delete([...known.keys()].at(-1)!);
    expect(await run()).toEqual(first);
    expect(sampled).toBe(7);
  });
});
