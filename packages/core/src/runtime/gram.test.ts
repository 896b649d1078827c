import { describe, expect, it } from "vitest";
import { fakeQuantize } from "../numerics/index.ts";
import type { Tensor } from "../spec/index.ts";
import { activationEncoding } from "./fixtures/encodings.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { weightedModels } from "./fixtures/layer-models.ts";
import { expectClose, roundingOf } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

/** [B, n, n] of the elements [from, to). */
function moments({ shape, data }: Tensor, from: number, to: number): Float64Array {
  const [batch, rows, depth] = shape as [number, number, number];
  const n = to - from;
  const at = (row: number, element: number): number => data[row * depth + from + element] as number;
  return Float64Array.from({ length: batch * n * n }, (_, index) => {
    const [entry, first, second] = [Math.floor(index / (n * n)), Math.floor(index / n) % n, index % n];
    let sum = 0;
    for (let row = entry * rows; row < (entry + 1) * rows; row++) sum += at(row, first) * at(row, second);
    return sum;
  });
}

describe("second moments of the rows", () => {
  it.each(weightedModels)("$name: of the operand as it is and on its grid, whole or in part", async (given) => {
    const search = await searchCase(given.model(), given.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const probe = await search.runtime.probe(sample!);
    const [batch, rows, depth] = sample!.left.shape as [number, number, number];
    const left = { encoding: activationEncoding(-0.9, 1, 4) };
    const elements = { from: Math.floor(depth / 3), to: depth - 1 };
    for (const plan of [undefined, left]) {
      const read = plan ? fakeQuantize(sample!.left, plan.encoding) : sample!.left;
      const whole = await probe.gram(plan);
      expect(whole.shape).toEqual([batch, depth, depth]);
      expectClose(whole.data as Float32Array, moments(read, 0, depth), roundingOf(rows));
      const part = await probe.gram(plan, elements);
      expect(part.shape).toEqual([batch, elements.to - elements.from, elements.to - elements.from]);
      expectClose(part.data as Float32Array, moments(read, elements.from, elements.to), roundingOf(rows));
    }
    await search.runtime.dispose();
  });
});
