import { expect, it } from "vitest";
import type { LayerSample, Tensor } from "../spec/index.ts";
import { float32 } from "./fixtures/matrices.ts";
import { halveSample } from "./halve-sample.ts";

/** Every element holds the number of its sample. */
function sampleOf(samples: number, perSample: number, batch = 2): LayerSample {
  const rows = samples * perSample;
  const tensor = (width: number): Tensor =>
    float32(
      [batch, rows, width],
      Array.from({ length: batch * rows * width }, (_, index) => Math.floor((Math.floor(index / width) % rows) / perSample)),
    );
  const layer = { node: "layer", kind: "linear", operands: ["x"], weight: "w", output: "y", groups: 1, padded: false } as const;
  return { layer, left: tensor(3), right: float32([batch, 3, 2], new Float32Array(batch * 6)), reference: tensor(2), importance: tensor(2), samples };
}

it("cuts between samples, every tensor alike", () => {
  const halves = halveSample(sampleOf(5, 4));
  expect(halves.map(({ samples }) => samples)).toEqual([2, 3]);
  for (const [index, seen] of [new Set([0, 1]), new Set([2, 3, 4])].entries()) {
    const { left, reference, importance } = halves[index]!;
    for (const tensor of [left, reference, importance!]) expect(new Set(tensor.data as Float32Array)).toEqual(seen);
    expect(left.shape).toEqual([2, 4 * seen.size, 3]);
  }
});

it("leaves a single sample whole", () => {
  const sample = sampleOf(1, 4);
  expect(halveSample(sample)).toEqual([sample]);
});
