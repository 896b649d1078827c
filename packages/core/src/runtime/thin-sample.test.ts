import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LayerSample, Tensor } from "../spec/index.ts";
import { float32, randomTensor } from "./fixtures/matrices.ts";
import { thinSample } from "./thin-sample.ts";

/** Every element holds the number of its row, so that rows are recognized. */
const numbered = (batch: number, rows: number, width: number): Tensor =>
  float32(
    [batch, rows, width],
    Array.from({ length: batch * rows * width }, (_, index) => Math.floor(index / width)),
  );

function sampleOf(batch: number, samples: number, perSample: number, weight?: string): LayerSample {
  const rows = weight ? samples * perSample : perSample;
  const layer = {
    node: "layer",
    kind: weight ? "linear" : "product",
    operands: ["x"],
    output: "y",
    groups: 1,
    padded: false,
    ...(weight && { weight }),
  } as const;
  const [left, reference, importance] = [numbered(batch, rows, 3), numbered(batch, rows, 2), numbered(batch, rows, 2)];
  return { layer, left, right: randomTensor([batch, 3, 2]), reference, importance, samples };
}

const rowsOf = ({ shape, data }: Tensor): number[] => Array.from({ length: shape[0]! * shape[1]! }, (_, row) => data[row * shape[2]!] as number);

describe("thinSample", () => {
  it("keeps equally many rows of every sample, spread over it, the same in every tensor", () => {
    const sizes = {
      batch: fc.integer({ min: 1, max: 3 }),
      samples: fc.integer({ min: 1, max: 6 }),
      perSample: fc.integer({ min: 4, max: 40 }),
      kept: fc.integer({ min: 1, max: 60 }),
    };
    const property = fc.property(fc.record(sizes), ({ batch, samples, perSample, kept }) => {
      const sample = sampleOf(batch, samples, perSample, "w");
      const thin = thinSample(sample, { rows: kept, multiplyAdds: 1, elements: 1 });
      const each = Math.max(Math.floor(kept / samples), 1);
      if (each >= perSample) {
        expect(thin).toBe(sample);
        return;
      }
      const rows = rowsOf(thin.left);
      expect(rows).toHaveLength(batch * samples * each);
      rows.forEach((row, index) => {
        expect(Math.floor(row / perSample), "of which sample").toBe(Math.floor(index / each));
        const [stretch, within] = [index % each, row % perSample];
        expect(within, "of which stretch").toBeGreaterThanOrEqual(Math.floor((stretch * perSample) / each));
        expect(within).toBeLessThan(((stretch + 1) * perSample) / each);
      });
      expect([thin.reference, thin.importance!].map(rowsOf)).toEqual([rows, rows]);
      expect([thin.right, thin.samples, thin.layer]).toEqual([sample.right, samples, sample.layer]);
    });
    fc.assert(property);
  });

  it("keeps rows of every batch entry of a product of two activations", () => {
    const thin = thinSample(sampleOf(4, 2, 20), { rows: 5, multiplyAdds: 1, elements: 1 });
    expect(thin.left.shape).toEqual([4, 5, 3]);
    expect(rowsOf(thin.left)).toEqual([2, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54, 58, 62, 66, 70, 74, 78]);
  });

  it("keeps as many as a trial may cost", () => {
    const sample = sampleOf(2, 1, 1000, "w");
    // A row takes 2 x 3 x 2 multiply-adds, and 2 x (3 + 2) elements.
    expect(thinSample(sample, { multiplyAdds: 12 * 300, rows: 1 }).left.shape[1]).toBe(300);
    expect(thinSample(sample, { elements: 10 * 200, rows: 1 }).left.shape[1]).toBe(200);
    expect(thinSample(sample)).toBe(sample);
  });
});
