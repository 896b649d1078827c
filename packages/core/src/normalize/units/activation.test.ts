import { nodeBackend } from "@halftone/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Attribute, float, type Model, type Value } from "../../ir/index.ts";
import { seededRandom } from "../../numerics/index.ts";
import { buildModel, type GraphBuilder } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { applyRules } from "../rule.ts";
import { inferTypes } from "../shapes/infer-types.ts";
import { type Writing, writingOf } from "./fixtures/writing.ts";
import { findUnits, fuseUnits, type UnitKind } from "./index.ts";

/** The constants are rounded differently in each writing: a few units in the last place of the largest value. */
const ulps = 32;
const backend = nodeBackend();
const fuse = async (model: Model) => {
  await inferTypes(model, backend);
  return applyRules(model, [fuseUnits]);
};
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

type Write = (b: GraphBuilder, x: Value, w: Writing) => Value;

const gelu: Write = (b, x, { number, add, times, product, pick }) => {
  const e = b.op("Erf", [times(x, Math.SQRT1_2)]);
  return pick(true, false) ? product(x, number(0.5), add(e, number(1))) : add(times(x, 0.5), product(x, e, number(0.5)));
};

const geluTanh: Write = (b, x, { number, add, times, product, pick }) => {
  const slope = Math.sqrt(2 / Math.PI);
  const cube = pick(
    () => b.op("Pow", [x, number(3)]),
    () => product(x, x, x),
    () => product(x, b.op("Pow", [x, number(2)])),
  );
  const argument = pick(true, false)
    ? times(add(x, times(cube(), 0.044715)), slope)
    : product(x, number(slope), add(number(1), times(product(x, x), 0.044715)));
  return product(x, number(0.5), add(b.op("Tanh", [argument]), number(1)));
};

const silu: Write = (b, x, { product }) => product(x, b.op("Sigmoid", [x]));
const quickGelu: Write = (b, x, { product, times }) => product(x, b.op("Sigmoid", [times(x, 1.702)]));

const mish: Write = (b, x, { product, pick, add, number }) =>
  product(x, b.op("Tanh", [pick(true, false) ? b.op("Softplus", [x]) : b.op("Log", [add(b.op("Exp", [x]), number(1))])]));

function limited(b: GraphBuilder, x: Value, high: number, { pick, number }: Writing): Value {
  const [zero, top] = [b.constant([0], []), b.constant([high], [])];
  return pick(
    () => b.op("Clip", [x, zero, top]),
    () => b.op("Min", [b.op("Max", [x, number(0)]), number(high)]),
    () => b.op("Max", [number(0), b.op("Min", [number(high), x])]),
    () => b.op("Min", [b.op("Relu", [x]), number(high)]),
  )();
}

const hardSwish: Write = (b, x, w) => {
  const { add, number, product, times, pick } = w;
  const six = () => limited(b, add(x, number(3)), 6, w);
  return pick(
    () => product(x, six(), number(1 / 6)),
    () => b.op("Div", [product(x, six()), number(6)]),
    () => product(x, limited(b, add(times(x, 1 / 6), number(0.5)), 1, w)),
    () => product(x, b.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) })),
  )();
};

const hardSigmoid: Write = (b, x, w) => {
  const { add, number, times, pick } = w;
  return pick(
    () => times(limited(b, add(x, number(3)), 6, w), 1 / 6),
    () => limited(b, add(times(x, 0.2), number(0.5)), 1, w),
  )();
};

const fused: readonly (readonly [UnitKind, Write, string, Readonly<Record<string, unknown>>])[] = [
  ["gelu", gelu, "Gelu", {}],
  ["gelu", geluTanh, "Gelu", { approximate: "tanh" }],
  ["mish", mish, "Mish", {}],
  ["hard-swish", hardSwish, "HardSwish", {}],
  ["hard-sigmoid", hardSigmoid, "HardSigmoid", { beta: 0.5 }],
];

/** The activation between a bias and another layer, so that its surroundings are arithmetic too. */
function layered(write: Write, seed: number): Model {
  return buildModel({ inputs: { input: ["n", 6] }, seed }, (b, { input }) => {
    const x = b.op("Add", [b.op("MatMul", [input, b.random([6, 6])]), b.random([6])], {}, "before");
    return { y: b.op("Add", [write(b, x, writingOf(b, seededRandom(seed))), b.random([6])], {}, "after") };
  });
}

describe("fuseUnits", () => {
  it.each(fused)("finds %s however it is written", async (kind, write, op, attributes) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), async (seed) => {
        const model = layered(write, seed);
        expect(findUnits(model.graph).map((unit) => [unit.kind, unit.input])).toEqual([[kind, "before_out"]]);
        const rewritten = await expectSameOutputs(model, fuse, { ulps, seed });
        expect(operators(rewritten)).toEqual(["MatMul", "Add", op, "Add"]);
        const node = rewritten.graph.nodes[2]!;
        for (const [name, value] of Object.entries(attributes)) expect(node.attribute(name)).toEqual(value);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps the slope of a hard sigmoid", async () => {
    const model = layered(
      (b, x) => b.op("Clip", [b.op("Add", [b.op("Mul", [x, b.constant([0.3], [])]), b.constant([0.5], [])]), b.constant([0], []), b.constant([1], [])]),
      1,
    );
    expect((await expectSameOutputs(model, fuse, { ulps })).graph.nodes[2]!.attribute("alpha")).toBe(Math.fround(0.3));
  });

  it("leaves a scaled value that others read to them", async () => {
    const model = buildModel({ inputs: { x: ["n", 4] } }, (b, { x }) => {
      const scaled = b.op("Mul", [x, b.constant([0.25], [])]);
      return { scaled, y: b.op("Clip", [b.op("Add", [scaled, b.constant([0.5], [])]), b.constant([0], []), b.constant([1], [])]) };
    });
    expect(operators(await expectSameOutputs(model, fuse, { ulps }))).toEqual(["Mul", "HardSigmoid"]);
  });

  it("finds units in a row, and a hard swish of a hard swish", async () => {
    const twice: Write = (b, x, w) => hardSwish(b, hardSwish(b, gelu(b, x, w), w), w);
    const rewritten = await expectSameOutputs(layered(twice, 5), fuse, { ulps });
    expect(operators(rewritten)).toEqual(["MatMul", "Add", "Gelu", "HardSwish", "HardSwish", "Add"]);
  });

  it.each<[string, Write]>([
    ["another factor than one half", (b, x, { product, number, add, times }) => product(x, number(0.6), add(b.op("Erf", [times(x, Math.SQRT1_2)]), number(1)))],
    ["another slope", (b, x, { product, number, add, times }) => product(x, number(0.5), add(b.op("Erf", [times(x, 0.7)]), number(1)))],
    ["a ceiling of five", (b, x, w) => w.times(w.product(x, limited(b, w.add(x, w.number(3)), 5, w)), 1 / 6)],
    [
      "a floor below zero",
      (b, x, { add, number, product }) => product(x, b.op("Clip", [add(x, number(3)), b.constant([-1], []), b.constant([6], [])]), number(1 / 6)),
    ],
    ["the sigmoid of something else", (b, x, { product }) => product(x, b.op("Sigmoid", [b.op("Neg", [x])]))],
    ["a gate of two values", (b, x, { product }) => product(b.op("Relu", [x]), b.op("Sigmoid", [x]))],
    ["a plain ReLU6", (b, x, w) => limited(b, x, 6, w)],
  ])("takes %s for what it is", async (_, write) => {
    const model = layered(write, 3);
    const before = operators(model);
    expect(findUnits(model.graph)).toEqual([]);
    expect((await fuse(model)).applied).toEqual({ "fuse-unit": 0 });
    expect(operators(model)).toEqual(before);
  });

  it("says why a unit stays in parts", async () => {
    const model = buildModel({ inputs: { x: [4], z: ["n", 4] } }, (b, { x, z }) => {
      const one = b.constant([1], [1, 1]);
      const e = b.op("Erf", [b.op("Mul", [x, b.constant([Math.SQRT1_2], [])])]);
      const raised = b.op("Mul", [b.op("Mul", [x, b.constant([0.5], [])]), b.op("Add", [e, one])]);
      const sum = b.op("Add", [z, b.constant([3], [])]);
      const six = b.op("Clip", [sum, b.constant([0], []), b.constant([6], [])]);
      return { raised, leaked: b.op("Div", [b.op("Mul", [z, six]), b.constant([6], [])]), sum };
    });
    expect((await fuse(model)).refusals.map(({ reason }) => reason)).toEqual([
      "gelu stays in parts: its constants raise the rank of x from 1 to 2",
      "hard-swish stays in parts: its inner value sum is read elsewhere",
    ]);
    expect(findUnits(model.graph).map((unit) => unit.kind)).toEqual(["gelu"]);
  });
});

describe("findUnits", () => {
  it.each<[UnitKind, Write]>([
    ["silu", silu],
    ["quick-gelu", quickGelu],
  ])("marks %s, which no operator stands for", async (kind, write) => {
    const model = layered(write, 2);
    expect(await fuse(model)).toEqual({ applied: { "fuse-unit": 0 }, refusals: [] });
    const [unit] = findUnits(model.graph);
    const inner = operators(model).filter((op) => op !== "MatMul").length - 2;
    expect(unit).toMatchObject({ kind, input: "before_out", nodes: { length: inner } });
    expect(model.graph.value(unit!.output)!.consumers.map((use) => use.node.name)).toEqual(["after"]);
  });

  it("counts no node twice and none by its name", () => {
    const attributes: Readonly<Record<string, Attribute>> = {};
    const model = buildModel({ inputs: { x: ["n", 4] } }, (b, { x }) => {
      const first = b.op("Mul", [x, b.op("Sigmoid", [x], attributes, "relu")], attributes, "conv");
      return { y: b.op("Mul", [first, b.op("Sigmoid", [first])]) };
    });
    const nodes = findUnits(model.graph).flatMap((unit) => unit.nodes);
    expect(nodes).toHaveLength(4);
    expect(new Set(nodes).size).toBe(4);
  });
});
