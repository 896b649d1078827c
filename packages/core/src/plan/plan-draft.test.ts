import { describe, expect, it } from "vitest";
import { ints, viewOf } from "../ir/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, OperandPlan, QuantConfigInput } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { assemblePlan, createPlanDraft, encodeCodes, type PlanDraft, type StartingPlan } from "./index.ts";

const stored = (scale: number): AffineEncoding => ({ kind: "affine", dtype: "uint8", scale: [scale], zeroPoint: [0] });
const weight = (scale: number, channels: number): AffineEncoding => ({
  kind: "affine",
  dtype: "int8",
  scale: new Array<number>(channels).fill(scale),
  zeroPoint: new Array<number>(channels).fill(0),
  axis: 0,
});

const start: StartingPlan = {
  encodings: { x: stored(1), relu_out: stored(1), pool_out: stored(1), y: stored(1), first_w: weight(1, 3), second_w: weight(1, 4), beside_w: weight(1, 2) },
  operands: {},
  skipped: { z: "no value was seen" },
};

/** Conv, Relu; behind it MaxPool and a Conv, and another Conv beside them. The pool stores what the Relu does. */
function drafted(config: QuantConfigInput = {}, from: StartingPlan = start): PlanDraft & { readonly assembled: () => ReturnType<typeof assemblePlan> } {
  const { graph } = buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => {
    const relu = b.op("Relu", [b.op("Conv", [x, b.random([3, 2, 1, 1], "first_w")], {}, "first")], {}, "relu");
    const pooled = b.op("MaxPool", [relu], { kernel_shape: ints([2, 2]) }, "pool");
    const second = b.op("Conv", [pooled, b.random([4, 3, 1, 1], "second_w")], {}, "second");
    return { y: second, z: b.op("Conv", [relu, b.random([2, 3, 1, 1], "beside_w")], {}, "beside") };
  });
  const placement = place(graph, new Map(), fixtureTarget, resolveConfig(config, fixtureTarget));
  const draft = createPlanDraft(viewOf(graph), placement, from);
  const assembled = () => assemblePlan({ graph, placement, methodPlan: draft.plan(), target: fixtureTarget, method: "draft", model: "" });
  return { ...draft, assembled };
}

const onStored: OperandPlan = { encoding: stored(0.5) };
const perChannel: OperandPlan = { encoding: { ...stored(0.5), scale: [0.5, 0.25, 0.125], zeroPoint: [0, 0, 0], axis: 1 } };
const rescaled: OperandPlan = { encoding: stored(0.5), rescaling: { axis: 1, scale: [1, 2, 3] } };
const twin: OperandPlan = { encoding: { kind: "twin", threshold: 0, low: stored(0.1), high: stored(0.2) } };

describe("a plan's draft", () => {
  it("is the starting plan before anything is decided", () => {
    expect(drafted().plan()).toEqual(start);
    expect(drafted().plan(["a note"])).toEqual({ ...start, notes: ["a note"] });
    expect(drafted().of(["second"])).toEqual({ encodings: {}, operands: {}, codes: {} });
  });

  it("stores all tensors of a site as products read one of them, where that is the stored grid", () => {
    const draft = drafted();
    draft.add({ operands: { pool_out: onStored }, weights: {} });
    const { encodings, operands } = draft.plan();
    expect([encodings["pool_out"], encodings["relu_out"], encodings["x"]]).toEqual([stored(0.5), stored(0.5), stored(1)]);
    expect(operands).toEqual({});
    expect([draft.operandOf("pool_out"), draft.operandOf("relu_out"), draft.operandOf("x")]).toEqual([onStored, onStored, undefined]);
  });

  it.each([
    ["one scale per channel", perChannel],
    ["a rescaling", rescaled],
    ["two grids", twin],
  ])("keeps what is stored where products read %s", (_, plan) => {
    const draft = drafted();
    draft.add({ operands: { pool_out: plan }, weights: {} });
    expect(draft.plan()).toEqual({ ...start, operands: { pool_out: plan } });
    expect([draft.operandOf("pool_out"), draft.operandOf("relu_out")]).toEqual([plan, undefined]);
  });

  it("keeps what is stored where narrower operands are asked for", () => {
    const own: OperandPlan = { encoding: { ...stored(0.5), bits: 4 } };
    const from = { ...start, operands: { pool_out: { encoding: { ...stored(2), bits: 4 } }, relu_out: { encoding: { ...stored(3), bits: 4 } } } };
    const draft = drafted({ activations: { bits: 4 } }, from);
    draft.add({ operands: { pool_out: own }, weights: {} });
    expect(draft.plan()).toEqual({ ...from, operands: { ...from.operands, pool_out: own } });
    expect(draft.of(["second"])).toEqual({ encodings: {}, operands: { pool_out: own }, codes: {} });
  });

  it("takes later decisions for earlier ones", () => {
    const draft = drafted();
    draft.add({ operands: { pool_out: twin }, weights: { second_w: weight(0.5, 4) } });
    draft.add({ operands: { relu_out: onStored }, weights: { second_w: weight(0.25, 4) } });
    const { encodings, operands } = draft.plan();
    expect([encodings["pool_out"], encodings["second_w"]]).toEqual([stored(0.5), weight(0.25, 4)]);
    expect([operands, draft.operandOf("pool_out")]).toEqual([{}, onStored]);
  });

  it("tells the decisions for some nodes: what they read, all that is stored with it, and their weights", () => {
    const codes = { first_w: encodeCodes(new Int8Array(6).fill(1)), second_w: encodeCodes(new Int8Array(12).fill(2)) };
    const draft = drafted();
    draft.add({ operands: { x: { encoding: stored(0.25) } }, weights: { first_w: weight(0.5, 3) }, codes: { first_w: codes.first_w } });
    draft.add({ operands: { pool_out: onStored }, weights: { second_w: weight(0.5, 4) }, codes: { second_w: codes.second_w } });
    expect(draft.of(["second"])).toEqual({
      encodings: { pool_out: stored(0.5), relu_out: stored(0.5), second_w: weight(0.5, 4) },
      operands: {},
      codes: { second_w: codes.second_w },
    });
    expect(draft.of(["first"])).toEqual({ encodings: { x: stored(0.25), first_w: weight(0.5, 3) }, operands: {}, codes: { first_w: codes.first_w } });
    expect(draft.of([])).toEqual({ encodings: {}, operands: {}, codes: {} });
    expect(draft.plan().codes).toEqual(codes);
  });

  it("is a plan that assembles, and survives JSON", () => {
    const draft = drafted({}, { ...start, encodings: { ...start.encodings, z: stored(1) }, skipped: {} });
    draft.add({ operands: { pool_out: rescaled, x: onStored }, weights: { second_w: weight(0.5, 4) } });
    const plan = draft.assembled();
    expect(plan.operands).toEqual({ pool_out: rescaled });
    expect(plan.encodings["x"]).toEqual(stored(0.5));
    expect(Object.values(plan.nodes).map(({ mode }) => mode)).not.toContain("float");
    expect(JSON.parse(JSON.stringify(draft.plan()))).toEqual(draft.plan());
  });
});
