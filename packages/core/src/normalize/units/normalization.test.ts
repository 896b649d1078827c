import { nodeBackend } from "@halftone/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float, int, type Model, type Value } from "../../ir/index.ts";
import { seededRandom } from "../../numerics/index.ts";
import { buildModel, type GraphBuilder } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { applyRules } from "../rule.ts";
import { inferTypes } from "../shapes/infer-types.ts";
import { type Writing, writingOf } from "./fixtures/writing.ts";
import { findUnits, fuseUnits } from "./index.ts";

/** The variance of eight numbers loses a few bits to cancellation: 2^-16 of the largest output. */
const ulps = 128;
const epsilon = 1e-3;
const backend = nodeBackend();
const fuse = async (model: Model) => {
  await inferTypes(model, backend);
  return applyRules(model, [fuseUnits]);
};
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

interface Norm {
  readonly axes: readonly number[];
  readonly gamma: readonly number[] | undefined;
  readonly beta: readonly number[] | undefined;
  readonly centred: boolean;
}

function normalized(b: GraphBuilder, x: Value, { axes, gamma, beta, centred }: Norm, { pick, number, add, product }: Writing): Value {
  const reduced = (value: Value) => b.op("ReduceMean", [value, b.int64(axes)]);
  const mean = centred ? reduced(x) : undefined;
  const difference = () => (mean ? b.op("Sub", [x, mean]) : x);
  const d = difference();
  const square = pick(
    () => b.op("Pow", [d, number(2)]),
    () => b.op("Mul", [d, d]),
  )();
  const sum = add(reduced(square), number(epsilon));
  const [scale, shift] = [gamma && b.random(gamma, "gamma"), beta && b.random(beta, "beta")];
  const factors = scale ? [scale] : [];
  const root = pick(
    () => b.op("Sqrt", [sum]),
    () => b.op("Pow", [sum, number(0.5)]),
  );
  const reciprocal = pick(
    () => b.op("Reciprocal", [root()]),
    () => b.op("Div", [number(1), root()]),
    () => b.op("Pow", [sum, number(-0.5)]),
  );
  const again = () => (pick(true, false) ? d : difference());
  const shifted = (value: Value) => (shift ? add(value, shift) : value);
  const forms = [
    () => shifted(product(b.op("Div", [again(), root()]), ...factors)),
    () => shifted(product(again(), reciprocal(), ...factors)),
    // x * (gamma / s) + (beta - mean * (gamma / s))
    ...(mean && shift
      ? [
          () => {
            const slope = product(reciprocal(), ...factors);
            return add(b.op("Mul", [x, slope]), b.op("Sub", [shift, b.op("Mul", [mean, slope])]));
          },
        ]
      : []),
  ];
  return pick(...forms)();
}

function layered(norm: Norm, seed: number, shape: readonly (number | string)[] = ["n", 3, 8]): Model {
  return buildModel({ inputs: { input: shape }, seed }, (b, { input }) => {
    const x = b.op("Softsign", [input], {}, "before");
    return { y: b.op("Neg", [normalized(b, x, norm, writingOf(b, seededRandom(seed)))], {}, "after") };
  });
}

const vector = fc.constantFrom(undefined, [8], [1, 8], [1, 1, 8]);

describe("LayerNorm in parts", () => {
  it("becomes one operator however it is written", async () => {
    const norm = fc.record({ axes: fc.constantFrom([-1], [2]), gamma: vector, beta: vector, centred: fc.constant(true) });
    await fc.assert(
      fc.asyncProperty(norm, fc.nat(100_000), async (norm, seed) => {
        const rewritten = await expectSameOutputs(layered(norm, seed), fuse, { ulps, seed });
        expect(operators(rewritten)).toEqual(["Softsign", "LayerNormalization", "Neg"]);
        const node = rewritten.graph.nodes[1]!;
        expect([node.int("axis", 0), node.float("epsilon", 0)]).toEqual([-1, Math.fround(epsilon)]);
        expect(node.inputs.slice(1).map((input) => input!.shape)).toEqual(norm.beta ? [[8], [8]] : [[8]]);
      }),
      { numRuns: 60 },
    );
  });

  it("covers several trailing axes", async () => {
    const rewritten = await expectSameOutputs(layered({ axes: [-1, -2], gamma: [3, 8], beta: [1, 3, 8], centred: true }, 4), fuse, { ulps });
    expect(operators(rewritten)).toEqual(["Softsign", "LayerNormalization", "Neg"]);
    expect(rewritten.graph.nodes[1]!.int("axis", 0)).toBe(-2);
  });

  it("stays in parts, as a unit, where the operator cannot say it", async () => {
    const overChannels = layered({ axes: [1], gamma: [3, 1], beta: [3, 1], centred: true }, 1);
    expect((await fuse(overChannels)).refusals.map(({ reason }) => reason)).toEqual([
      "layer-norm stays in parts: it normalizes axes 1, which LayerNormalization cannot",
    ]);
    const [unit] = findUnits(overChannels.graph);
    expect(unit).toMatchObject({ kind: "layer-norm", input: "before_out", nodes: { length: overChannels.graph.nodes.length - 2 } });
    const unknownSize = layered({ axes: [-1], gamma: undefined, beta: undefined, centred: true }, 1, ["n", "m"]);
    expect((await fuse(unknownSize)).refusals.map(({ reason }) => reason)).toEqual([
      "layer-norm stays in parts: the size of the normalized axes of before_out is not known",
    ]);
    const scalar = layered({ axes: [-1], gamma: [3, 8], beta: undefined, centred: true }, 1);
    expect((await fuse(scalar)).refusals.map(({ reason }) => reason)).toEqual([
      "layer-norm stays in parts: its scale or shift has another shape than the normalized axes",
    ]);
  });

  it("ends where the model goes on", async () => {
    const model = buildModel({ inputs: { x: ["n", 8] } }, (b, { x }) => {
      const writing = writingOf(b, seededRandom(2));
      const norm = { axes: [-1], gamma: [8], beta: [8], centred: true };
      const first = normalized(b, x, norm, writing);
      const second = normalized(b, b.op("Add", [x, b.op("Mul", [first, b.constant([0.5], [])])]), norm, writing);
      return { y: b.op("Add", [second, b.random([8])]) };
    });
    expect(operators(await expectSameOutputs(model, fuse, { ulps }))).toEqual(["LayerNormalization", "Mul", "Add", "LayerNormalization", "Add"]);
  });

  it("is not a variance alone, nor one of another axis", async () => {
    const model = buildModel({ inputs: { x: ["n", 3, 8] } }, (b, { x }) => {
      const mean = b.op("ReduceMean", [x, b.int64([-1])]);
      const d = b.op("Sub", [x, mean]);
      const variance = b.op("ReduceMean", [b.op("Mul", [d, d]), b.int64([1])]);
      return { y: b.op("Div", [d, b.op("Sqrt", [b.op("Add", [variance, b.constant([1], [])])])]), variance };
    });
    expect(findUnits(model.graph)).toEqual([]);
    expect((await fuse(model)).applied).toEqual({ "fuse-unit": 0 });
  });
});

describe("RMSNorm in parts", () => {
  it("is a unit, for operator set 21 has no operator for it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(undefined, [8], [1, 1, 8]), fc.nat(100_000), async (gamma, seed) => {
        const model = layered({ axes: [-1], gamma, beta: undefined, centred: false }, seed);
        expect((await fuse(model)).refusals).toEqual([]);
        const [unit] = findUnits(model.graph);
        expect(unit).toMatchObject({ kind: "rms-norm", input: "before_out", nodes: { length: model.graph.nodes.length - 2 } });
      }),
      { numRuns: 30 },
    );
  });
});

describe("GroupNorm in parts", () => {
  it("is a unit from the grouping to the shift", () => {
    const model = buildModel({ inputs: { x: ["n", 6, 4, 4] } }, (b, { x }) => {
      const grouped = b.op("Reshape", [b.op("Tanh", [x], {}, "before"), b.int64([0, 3, -1])]);
      const ones = b.constant([1, 1, 1]);
      const normal = b.op("InstanceNormalization", [grouped, ones, b.constant([0, 0, 0])], { epsilon: float(1e-5) });
      const scaled = b.op("Mul", [b.op("Reshape", [normal, b.int64([-1, 6, 4, 4])]), b.random([6, 1, 1])]);
      const y = b.op("Add", [b.random([1, 6, 1, 1]), scaled]);
      return { y: b.op("Add", [y, b.op("Relu", [y])]) };
    });
    const [unit, ...others] = findUnits(model.graph);
    expect(others).toEqual([]);
    expect(unit).toMatchObject({ kind: "group-norm", input: "before_out" });
    expect(unit!.nodes.map((name) => model.graph.node(name)!.op).sort()).toEqual(["Add", "InstanceNormalization", "Mul", "Reshape", "Reshape"]);
  });
});

describe("Softmax in parts", () => {
  it.each([true, false])("becomes one operator, maximum subtracted: %s", async (subtracted) => {
    const model = buildModel({ inputs: { x: ["n", 5, 7] } }, (b, { x }) => {
      const shifted = subtracted ? b.op("Sub", [x, b.op("ReduceMax", [x, b.int64([1])])]) : x;
      const e = b.op("Exp", [shifted]);
      const sum = b.op("ReduceSum", [e, b.int64([1])]);
      return { divided: b.op("Div", [e, sum]) };
    });
    const rewritten = await expectSameOutputs(model, fuse, { ulps });
    expect(rewritten.graph.nodes.map((node) => [node.op, node.int("axis", 9)])).toEqual([["Softmax", 1]]);
  });

  it("needs the sum along the same axis as the maximum, and kept", async () => {
    const model = buildModel({ inputs: { x: [4, 4] } }, (b, { x }) => {
      const e = b.op("Exp", [b.op("Sub", [x, b.op("ReduceMax", [x, b.int64([0])])])]);
      const flat = b.op("Exp", [x]);
      return {
        y: b.op("Div", [e, b.op("ReduceSum", [e, b.int64([1])])]),
        z: b.op("Div", [flat, b.op("ReduceSum", [flat, b.int64([1])], { keepdims: int(0) })]),
      };
    });
    const rewritten = await expectSameOutputs(model, fuse, { ulps });
    expect(operators(rewritten).sort()).toEqual(["Div", "Exp", "ReduceMax", "ReduceSum", "Softmax", "Sub"]);
  });
});
