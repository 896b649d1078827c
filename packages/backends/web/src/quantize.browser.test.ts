import { apply, type QuantPlan, readModel } from "@halftone/core";
import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { hybrid, methods, planOf } from "./fixtures/plan-case.ts";
import { webWasmInteger } from "./target/web-wasm.ts";
import { wasmBackend } from "./wasm.ts";

const relative = 1e-6;

test.each(Object.keys(methods))("the page and Node make the same plan: %s", async (method) => {
  const page = await planOf(method, wasmBackend());
  const node = await commands.onNode<QuantPlan>("/packages/backends/web/src/fixtures/plan-on-node.ts", method, "native");
  expect(Object.keys(page.encodings).length).toBeGreaterThan(10);
  expect(withoutScales(page)).toEqual(withoutScales(node));
  const [ours, theirs] = [scalesOf(page), scalesOf(node)];
  for (const [index, scale] of ours.entries()) expect(Math.abs(scale - theirs[index]!)).toBeLessThanOrEqual(relative * theirs[index]!);
  expect(await integerWeights(page)).toEqual(await integerWeights(node));
});

test.each(Object.keys(methods))("with the page's runtime Node makes the page's plan to the bit: %s", async (method) => {
  const node = await commands.onNode<QuantPlan>("/packages/backends/web/src/fixtures/plan-on-node.ts", method, "wasm");
  expect(await planOf(method, wasmBackend())).toEqual(node);
});

/** Everything that has to be identical: types, zero points, codes, decisions. */
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

/** Of the model that the plan makes. */
async function integerWeights(plan: QuantPlan): Promise<Readonly<Record<string, readonly number[]>>> {
  const { graph } = readModel(await apply(hybrid(), plan, { target: webWasmInteger(), backend: wasmBackend() }));
  const stored = graph.initializers.filter(({ dtype, shape }) => dtype === "int8" && shape && shape.length > 1);
  expect(stored.length).toBe(6);
  return Object.fromEntries(stored.map(({ name, constant }) => [name, Array.from(constant!.data as Int8Array)]));
}
