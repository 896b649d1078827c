import { describe, expect, it } from "vitest";
import { ints } from "../ir/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, MethodPlan, Target } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { assemblePlan, formatPlan, parsePlan } from "./index.ts";

const activation: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.5], zeroPoint: [0] };
const weight: AffineEncoding = { kind: "affine", dtype: "int8", scale: [0.25, 0.25, 0.25, 0.25], zeroPoint: [0, 0, 0, 0], axis: 0 };

function chain() {
  return buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
    const first = b.op("Conv", [x, b.random([4, 4, 1, 1], "first_w"), b.constant([3e9, 0, 0, 0], [4], "first_b")], {}, "first");
    const second = b.op("Conv", [b.op("Relu", [first], {}, "relu"), b.random([4, 4, 1, 1], "second_w")], {}, "second");
    return { y: b.op("MaxPool", [second], { kernel_shape: ints([2, 2]) }, "pool") };
  });
}

function assemble(methodPlan: MethodPlan, target: Target = fixtureTarget) {
  const { graph } = chain();
  const placement = place(graph, new Map(), target, resolveConfig(undefined, target));
  return assemblePlan({ graph, placement, methodPlan, target, method: "fixed", model: "0".repeat(64) });
}

const complete: MethodPlan = { encodings: { x: activation, relu_out: activation, second_out: activation, first_w: weight, second_w: weight }, skipped: {} };

describe("plan", () => {
  it("survives JSON and its own parser", () => {
    const plan = assemble(complete);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(parsePlan(formatPlan(plan))).toEqual(plan);
  });

  it("leaves a node in float whose tensor the method skipped, with the method's reason, and what it absorbed", () => {
    const { first_w: _, ...encodings } = complete.encodings;
    const plan = assemble({ encodings, skipped: { first_w: "all channels are dead" } });
    expect(plan.nodes.first).toEqual({ mode: "float", reason: "first_w: all channels are dead" });
    expect(plan.nodes.relu).toEqual({ mode: "float", reason: "Relu whose producer stays in float" });
    expect(plan.nodes.second).toEqual({ mode: "integer" });
    expect(plan.skipped).toEqual({ first_w: "all channels are dead" });
    expect(plan.encodings.x).toBeUndefined();
  });

  it("calls a type the target has no kernel for emulated, and its own types float where it refuses them", () => {
    const target: Target = { ...fixtureTarget, supports: (node) => (node.name === "second" ? { ok: false, reason: "not today" } : { ok: true }) };
    expect(assemble(complete, target).nodes.second).toEqual({ mode: "float", reason: "not today" });
    const wide = { ...complete, encodings: { ...complete.encodings, second_out: { ...activation, dtype: "uint16" as const } } };
    const narrow: Target = {
      ...fixtureTarget,
      supports: (_, __, encoding) => (encoding.kind === "affine" && encoding.dtype === "uint16" ? { ok: false, reason: "not today" } : { ok: true }),
    };
    expect(assemble(wide, narrow).nodes.second).toEqual({ mode: "emulated", reason: "not today" });
  });

  it("raises the weight scale of the one channel whose bias would not fit", () => {
    const { scale } = assemble(complete).encodings.first_w!;
    expect(scale.slice(1)).toEqual([0.25, 0.25, 0.25]);
    expect(3e9 / (0.5 * scale[0]!)).toBeLessThanOrEqual(2 ** 30);
  });

  it("refuses a plan that quantizes nothing and says why for each node", () => {
    expect(() => assemble({ encodings: {}, skipped: {} })).toThrowError(
      expect.objectContaining({ code: "nothing-quantized", details: { skipped: expect.objectContaining({ first: expect.stringContaining("no encoding") }) } }),
    );
  });

  it.each([
    ["not JSON", "{", "(root)"],
    ["a negative scale", JSON.stringify({ ...assemble(complete), encodings: { x: { ...activation, scale: [-1] } } }), "encodings.x.scale.0"],
    ["an unknown key", JSON.stringify({ ...assemble(complete), extra: 1 }), "(root)"],
    ["another version", JSON.stringify({ ...assemble(complete), version: 2 }), "version"],
  ])("refuses %s and names the field", (_, text, field) => {
    expect(() => parsePlan(text)).toThrowError(expect.objectContaining({ code: "invalid-config", details: { field } }));
  });
});
