import { expect, it } from "vitest";
import type { QuantPlan } from "../spec/index.ts";
import { planDifferences } from "./plan-differences.ts";

const plan = { encodings: { x: { kind: "affine", scale: [0.5, 2], zeroPoint: [3, 0] } }, nodes: { a: { mode: "integer" } } } as unknown as QuantPlan;

it("tells the distance of scales apart from everything else", () => {
  expect(planDifferences(plan, plan)).toEqual({ scale: 0, others: [] });
  const other = {
    encodings: { x: { kind: "affine", scale: [0.5, 1.6], zeroPoint: [3, 1] } },
    nodes: { a: { mode: "integer" }, b: { mode: "float", reason: "no kernel" } },
  } as unknown as QuantPlan;
  const { scale, others } = planDifferences(plan, other);
  expect(scale).toBeCloseTo(0.25, 12);
  expect(others).toEqual(["encodings.x.zeroPoint.1: 0, 1", 'nodes.b: undefined, {"mode":"float","reason":"no kernel"}']);
});

it("a scale that only one of them has is no distance", () => {
  const shorter = { ...plan, encodings: { x: { kind: "affine", scale: [0.5], zeroPoint: [3, 0] } } } as unknown as QuantPlan;
  expect(planDifferences(plan, shorter)).toEqual({ scale: 0, others: ["encodings.x.scale.1: 2, undefined"] });
});
