import type { QuantPlan } from "@halftone/core";
import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { methods, planOf } from "./fixtures/plan-case.ts";
import { wasmBackend } from "./wasm.ts";

const relative = 1e-6;

for (const method of Object.keys(methods)) {
  test(`the page and Node make the same plan: ${method}`, async () => {
    const page = await planOf(method, wasmBackend());
    const node = await commands.onNode<QuantPlan>("/packages/backends/web/src/fixtures/plan-on-node.ts", method);
    expect(Object.keys(page.encodings).length).toBeGreaterThan(10);
    expect(withoutScales(page)).toEqual(withoutScales(node));
    const [ours, theirs] = [scalesOf(page), scalesOf(node)];
    for (const [index, scale] of ours.entries()) expect(Math.abs(scale - theirs[index]!)).toBeLessThanOrEqual(relative * theirs[index]!);
  });
}

/** Everything that has to be identical: types, zero points, integer weights, decisions. */
function withoutScales(plan: QuantPlan): unknown {
  return JSON.parse(JSON.stringify(plan, (key, value) => (key === "scale" ? (value as readonly number[]).length : value)));
}

function scalesOf(plan: QuantPlan): readonly number[] {
  const scales: number[] = [];
  JSON.stringify(plan, (key, value) => {
    if (key === "scale") scales.push(...(value as readonly number[]));
    return value;
  });
  return scales;
}
