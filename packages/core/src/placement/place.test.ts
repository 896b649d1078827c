import { describe, expect, it } from "vitest";
import { int, ints, type Model, string, type Value } from "../ir/index.ts";
import type { QuantConfigInput, Target, Tensor } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { resolveConfig } from "./config.ts";
import { fixtureTarget } from "./fixtures/target.ts";
import { place } from "./place.ts";

const pads = { pads: ints([1, 1, 1, 1]) };

function placed(model: Model, config?: QuantConfigInput, units = new Map<string, string>()) {
  return place(model.graph, units, fixtureTarget, resolveConfig(config, fixtureTarget));
}

function conv(b: GraphBuilder, x: Parameters<GraphBuilder["op"]>[1][0], name: string) {
  return b.op("Conv", [x, b.random([4, 4, 3, 3], `${name}_w`), b.random([4], `${name}_b`)], pads, name);
}

const input = { x: [1, 4, 8, 8] };

describe("placement", () => {
  it("absorbs a Relu behind a convolution: only its output is encoded", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => ({ y: conv(b, b.op("Relu", [conv(b, x, "first")], {}, "relu"), "second") }));
    const placement = placed(model);
    expect(placement.nodes).toEqual({ first: { mode: "integer" }, relu: { mode: "absorbed" }, second: { mode: "integer" } });
    expect(placement.activations.map((site) => [site.key, site.bounds])).toEqual([
      ["x", {}],
      ["relu_out", { min: 0 }],
      ["y", {}],
    ]);
    expect(placement.weights.map((site) => [site.tensor, site.nodes, site.channelAxis])).toEqual([
      ["first_w", ["first"], 0],
      ["second_w", ["second"], 0],
    ]);
  });

  it("reads a default of one scale per channel as: where the kernel takes that many, and leaves a wish as it is", () => {
    const perTensor = { ...fixtureTarget.operators["MatMul"]!, perChannelWeights: false };
    const target = { ...fixtureTarget, operators: { ...fixtureTarget.operators, MatMul: perTensor } };
    const model = buildModel({ inputs: input }, (b, { x }) => ({ y: b.op("MatMul", [conv(b, x, "conv"), b.random([8, 8], "matmul_w")], {}, "matmul") }));
    const granularities = (asked: QuantConfigInput, on: Target) =>
      Object.fromEntries(place(model.graph, new Map(), on, resolveConfig(asked, on)).weights.map(({ tensor, config }) => [tensor, config.granularity]));
    expect(granularities({}, target)).toEqual({ conv_w: "channel", matmul_w: "tensor" });
    const defaults = { ...target.defaults, weights: { ...target.defaults.weights, granularity: "tensor" as const } };
    expect(granularities({ weights: { granularity: "channel" } }, { ...target, defaults })).toEqual({ conv_w: "channel", matmul_w: "channel" });
  });

  it("leaves a Relu alone that a symmetric grid cannot clip", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => ({ y: conv(b, b.op("Relu", [conv(b, x, "first")], {}, "relu"), "second") }));
    const placement = placed(model, { activations: { scheme: "symmetric" } });
    expect(placement.nodes.relu?.mode).toBe("float");
    expect(placement.activations.map((site) => site.key)).toEqual(["x", "first_out", "relu_out", "y"]);
  });

  it("moves integers through Where and Concat, but not past a constant that is float", () => {
    const condition: Tensor = { dtype: "bool", shape: [1, 1, 8, 8], data: new Uint8Array(64) };
    const between = (build: (b: GraphBuilder, x: Value) => Value) =>
      placed(buildModel({ inputs: input }, (b, { x }) => ({ y: conv(b, build(b, conv(b, x, "first")), "last") })));
    const where = between((b, x) => b.op("Where", [b.constant(condition), x, conv(b, x, "branch")], {}, "where"));
    expect(where.nodes.where).toEqual({ mode: "pass-through" });
    expect(where.activations.find((site) => site.tensors.includes("where_out"))!.tensors).toEqual(["first_out", "branch_out", "where_out"]);
    for (const masked of [
      between((b, x) => b.op("Where", [b.constant(condition), x, b.constant([-10000], [])], {}, "node")),
      between((b, x) => b.op("Concat", [x, b.random([1, 4, 8, 8])], { axis: int(2) }, "node")),
    ]) {
      expect(masked.nodes.node).toEqual({ mode: "float", reason: expect.stringContaining("constant operand") });
      expect(masked.nodes.last).toEqual({ mode: "integer" });
    }
  });

  it("leaves a Resize alone whose mode has no integer kernel", () => {
    const resized = (mode: string) =>
      placed(
        buildModel({ inputs: input }, (b, { x }) => ({
          y: conv(b, b.op("Resize", [conv(b, x, "first"), undefined, b.constant([1, 1, 2, 2])], { mode: string(mode) }, "resize"), "last"),
        })),
      ).nodes.resize;
    expect(resized("nearest")).toEqual({ mode: "pass-through" });
    expect(resized("linear")).toEqual({ mode: "float", reason: expect.stringContaining("mode = nearest") });
  });

  it("makes a residual Add between convolutions integer, and one that feeds a LayerNormalization not", () => {
    const cnn = buildModel({ inputs: input }, (b, { x }) => {
      const first = conv(b, x, "first");
      return { y: conv(b, b.op("Add", [first, conv(b, first, "branch")], {}, "sum"), "last") };
    });
    expect(placed(cnn).nodes.sum).toEqual({ mode: "integer" });
    const transformer = buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => {
      const left = b.op("MatMul", [x, b.random([8, 8])], {}, "left");
      const right = b.op("MatMul", [x, b.random([8, 8])], {}, "right");
      const sum = b.op("Add", [left, right], {}, "sum");
      return { y: b.op("MatMul", [b.op("LayerNormalization", [sum, b.random([8])]), b.random([8, 8])], {}, "last") };
    });
    expect(placed(transformer).nodes.sum).toMatchObject({ mode: "float", reason: expect.stringContaining("integer neighbours") });
  });

  it("lets a MatMul answer in float, with its bias, where its reader is float", () => {
    const model = buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => {
      const product = b.op("MatMul", [x, b.random([8, 16], "w")], {}, "linear");
      return { y: b.op("Erf", [b.op("Add", [product, b.random([16], "bias")], {}, "bias_add")]) };
    });
    const placement = placed(model);
    expect(placement.nodes.bias_add).toEqual({ mode: "absorbed" });
    expect(placement.activations.map((site) => site.key)).toEqual(["x"]);
  });

  it("keeps Softmax in float between two attention products, with bounds for what it feeds", () => {
    const model = buildModel({ inputs: { q: [1, 6, 8], k: [1, 8, 6], v: [1, 6, 8] } }, (b, { q, k, v }) => {
      const weights = b.op("Softmax", [b.op("MatMul", [q, k], {}, "scores")], {}, "softmax");
      return { y: b.op("MatMul", [weights, v], {}, "mix") };
    });
    const placement = placed(model);
    expect(placement.nodes.softmax?.mode).toBe("float");
    expect(placement.activations.map((site) => [site.key, site.bounds])).toContainEqual(["softmax_out", { min: 0, max: 1 }]);
    expect(placement.activations.map((site) => site.key)).not.toContain("scores_out");
  });

  it("joins what pass-through nodes move into one site and observes only its sources", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => {
      const joined = b.op("Concat", [conv(b, x, "left"), conv(b, x, "right")], { axis: { kind: "int", value: 1n } }, "join");
      const pooled = b.op("MaxPool", [joined], { kernel_shape: ints([2, 2]) }, "pool");
      return { y: b.op("Conv", [pooled, b.random([4, 8, 1, 1])], {}, "last") };
    });
    const site = placed(model).activations.find((candidate) => candidate.key === "left_out");
    expect(site?.tensors).toEqual(["left_out", "right_out", "join_out", "pool_out"]);
    expect(site?.observed).toEqual(["left_out", "right_out"]);
  });

  it("leaves data that only moves between float nodes alone", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => ({
      y: b.op("Exp", [b.op("MaxPool", [b.op("Exp", [x])], { kernel_shape: ints([2, 2]) }, "pool")]),
    }));
    expect(placed(model).nodes.pool?.mode).toBe("float");
  });

  it("puts nothing inside a unit and obeys the user's exclusions", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => {
      const first = conv(b, x, "first");
      return { y: conv(b, b.op("Mul", [first, b.op("Sigmoid", [first], {}, "gate")], {}, "silu"), "second") };
    });
    const placement = placed(
      model,
      { overrides: [{ match: "sec.*", float: true }] },
      new Map([
        ["gate", "SiLU"],
        ["silu", "SiLU"],
      ]),
    );
    expect(placement.nodes.gate).toMatchObject({ reason: expect.stringContaining("SiLU") });
    expect(placement.nodes.second).toEqual({ mode: "float", reason: "excluded by an override" });
    expect(placement.activations.map((site) => site.key)).toEqual(["x", "first_out"]);
  });

  it("gives overridden tensors their own configuration", () => {
    const model = buildModel({ inputs: input }, (b, { x }) => ({ y: conv(b, conv(b, x, "first"), "second") }));
    const placement = placed(model, { overrides: [{ match: "second", weights: { bits: 4 } }] });
    expect(placement.weights.map((site) => site.config.bits)).toEqual([8, 4]);
  });
});

describe("operands", () => {
  const chain = () =>
    buildModel({ inputs: input }, (b, { x }) => {
      const first = conv(b, x, "first");
      return { y: conv(b, b.op("Add", [first, conv(b, first, "branch")], {}, "sum"), "last") };
    });

  it("reads the stored grids where nothing narrower is asked", () => {
    const { operands } = placed(chain());
    expect(operands.map(({ tensor, nodes, sharesGrid, channelAxis }) => [tensor, nodes, sharesGrid, channelAxis])).toEqual([
      ["x", ["first"], true, 1],
      ["first_out", ["branch"], true, 1],
      ["sum_out", ["last"], true, 1],
    ]);
  });

  it("stores with the container's width what products read with fewer bits, and leaves the model's input its width", () => {
    const { activations, operands } = placed(chain(), { activations: { bits: 6 } });
    expect(new Set(activations.map((site) => site.config.bits))).toEqual(new Set([8]));
    expect(operands.map(({ tensor, config, sharesGrid }) => [tensor, config.bits, sharesGrid])).toEqual([
      ["x", 8, true],
      ["first_out", 6, false],
      ["sum_out", 6, false],
    ]);
  });

  it("stores everything with the asked bits in scope full", () => {
    const { activations, operands } = placed(chain(), { scope: "full", activations: { bits: 6 } });
    expect(new Set(activations.map((site) => site.config.bits))).toEqual(new Set([6]));
    expect(new Set(operands.map((site) => site.sharesGrid))).toEqual(new Set([true]));
  });

  it("obeys overrides that name the tensor, its producer or a reader, the model's input included", () => {
    const narrow = (match: string) =>
      placed(chain(), { overrides: [{ match, activations: { bits: 5 } }] })
        .operands.filter((site) => site.config.bits === 5 && !site.sharesGrid)
        .map((site) => site.tensor);
    expect(narrow("sum_out")).toEqual(["sum_out"]);
    expect(narrow("sum")).toEqual(["sum_out"]);
    expect(narrow("branch")).toEqual(["first_out"]);
    expect(narrow("x")).toEqual(["x"]);
  });

  it("names both activations of a product, and the channels of neither", () => {
    const model = buildModel({ inputs: { q: [1, 6, 8], k: [1, 8, 6] } }, (b, { q, k }) => ({ y: b.op("MatMul", [q, k], {}, "scores") }));
    expect(placed(model).operands.map(({ tensor, nodes, channelAxis }) => [tensor, nodes, channelAxis])).toEqual([
      ["q", ["scores"], undefined],
      ["k", ["scores"], undefined],
    ]);
  });
});

describe("scope full", () => {
  const block = () =>
    buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => {
      const norm = b.op("LayerNormalization", [x, b.random([8], "gamma")], {}, "norm");
      const linear = b.op("MatMul", [norm, b.random([8, 8], "w")], {}, "linear");
      const gated = b.op("Mul", [linear, b.op("Sigmoid", [linear], {}, "gate")], {}, "silu");
      const sum = b.op("Add", [x, gated], {}, "sum");
      return { y: b.op("MatMul", [b.op("Softmax", [sum], {}, "softmax"), b.random([8, 4])], {}, "last") };
    });
  const units = new Map([
    ["gate", "silu"],
    ["silu", "silu"],
  ]);

  it("puts grids around everything and inside no unit", () => {
    const { nodes, activations, operands } = placed(block(), { scope: "full", activations: { bits: 6 } }, units);
    const modes = Object.fromEntries(Object.entries(nodes).map(([name, { mode }]) => [name, mode]));
    expect(modes).toEqual({ norm: "emulated", linear: "integer", gate: "emulated", silu: "emulated", sum: "integer", softmax: "emulated", last: "integer" });
    expect(nodes.norm).toMatchObject({ reason: expect.stringContaining("no integer kernel") });
    expect(activations.map((site) => site.key).sort()).toEqual(["linear_out", "norm_out", "silu_out", "softmax_out", "sum_out", "x"]);
    expect(new Set(activations.map((site) => site.config.bits))).toEqual(new Set([6]));
    expect(operands.map(({ tensor, sharesGrid }) => [tensor, sharesGrid])).toEqual([
      ["norm_out", true],
      ["softmax_out", true],
    ]);
  });

  it("leaves out what an override leaves out", () => {
    const config = { scope: "full", overrides: [{ match: "norm", float: true }] } as const;
    expect(placed(block(), config, units).nodes.norm).toEqual({ mode: "float", reason: "excluded by an override" });
  });
});

describe("configuration", () => {
  it.each([
    [{ activations: { bits: 12 } }, "activations.bits"],
    [{ weights: { granularity: "block" } }, "weights.blockSize"],
    [{ activations: { granularity: "channel" } }, "activations.granularity"],
    [{ overrides: [{ match: "(" }] }, "overrides.0.match"],
    [{ activation: {} }, "activation"],
    [{ activations: { bits: 2.5 } }, "activations.bits"],
    [{ weights: { dtype: "int3" } }, "weights.dtype"],
    [{ overrides: [{ match: "a" }, { float: true }] }, "overrides.1.match"],
    [{ overrides: [{ match: "a", float: "yes" }] }, "overrides.0.float"],
    [{ overrides: {} }, "overrides"],
    [[], "(root)"],
  ])("refuses %j and names the field", (config, field) => {
    expect(() => resolveConfig(config as QuantConfigInput, fixtureTarget)).toThrowError(
      expect.objectContaining({ code: "invalid-config", details: { field } }),
    );
  });
});
