import type { Tensor } from "@halftone/core";
import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { floatLayer } from "./float-layer.ts";

const left: Tensor = { dtype: "float32", shape: [1, 2, 2], data: Float32Array.of(1, 2, 3, 4) };
const right: Tensor = { dtype: "float32", shape: [1, 2, 1], data: Float32Array.of(5, 6) };

test.each([true, false])("computes left x right, with a weight: %s", async (isWeight) => {
  const { model, feeds } = floatLayer(left, right, isWeight);
  const session = await nodeBackend().open(model);
  expect(session.inputs).toEqual(isWeight ? ["left"] : ["left", "right"]);
  const [product] = Object.values(await session.run(feeds));
  expect(product).toMatchObject({ shape: [1, 2, 1], data: Float32Array.of(17, 39) });
  await session.dispose();
});
