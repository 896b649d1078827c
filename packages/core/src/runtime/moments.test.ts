import { describe, expect, it } from "vitest";
import { fakeQuantize } from "../numerics/index.ts";
import type { LayerSample, Tensor } from "../spec/index.ts";
import { activationEncoding } from "./fixtures/encodings.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { weightedModels } from "./fixtures/layer-models.ts";
import { expectClose, float32, multiply, randomTensor, roundingOf } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

/** left^T other: [B, D, M], in float64. */
function common(left: Tensor, other: Tensor): Float64Array {
  const [batch, rows, depth] = left.shape as [number, number, number];
  const columns = other.shape[2]!;
  return Float64Array.from({ length: batch * depth * columns }, (_, index) => {
    const [entry, element, column] = [Math.floor(index / (depth * columns)), Math.floor(index / columns) % depth, index % columns];
    let sum = 0;
    for (let row = entry * rows; row < (entry + 1) * rows; row++)
      sum += (left.data[row * depth + element] as number) * (other.data[row * columns + column] as number);
    return sum;
  });
}

function elementsOf({ shape, data }: Tensor, from: number, to: number): Tensor {
  const [batch, rows, depth] = shape as [number, number, number];
  const kept = (data as Float32Array).filter((_, index) => index % depth >= from && index % depth < to);
  return float32([batch, rows, to - from], kept);
}

/** reference - left x right */
function missing({ reference }: LayerSample, left: Tensor, right: Tensor): Tensor {
  const product = multiply(left, right);
  return float32(
    reference.shape,
    (reference.data as Float32Array).map((value, index) => value - product[index]!),
  );
}

describe("moments of the rows", () => {
  it.each(weightedModels)("$name: of the operand as it is and on its grid, whole or in part", async (given) => {
    const search = await searchCase(given.model(), given.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const probe = await search.runtime.probe(sample!);
    const [batch, rows, depth] = sample!.left.shape as [number, number, number];
    const left = { encoding: activationEncoding(-0.9, 1, 4) };
    const elements = { from: Math.floor(depth / 3), to: depth - 1 };
    for (const plan of [undefined, left]) {
      const read = plan ? fakeQuantize(sample!.left, plan.encoding) : sample!.left;
      const whole = await probe.moments(plan && { left: plan });
      expect(whole.second.shape).toEqual([batch, depth, depth]);
      expectClose(whole.second.data as Float32Array, common(read, read), roundingOf(rows));
      const some = elementsOf(read, elements.from, elements.to);
      const part = await probe.moments({ ...(plan && { left: plan }), elements });
      expect(part.second.shape).toEqual([batch, elements.to - elements.from, elements.to - elements.from]);
      expectClose(part.second.data as Float32Array, common(some, some), roundingOf(rows));
    }
    await search.runtime.dispose();
  });

  it.each(weightedModels)("$name: and what they have in common with what is missing, under any weight", async (given) => {
    const search = await searchCase(given.model(), given.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const probe = await search.runtime.probe(sample!);
    const [, rows, depth] = sample!.left.shape as [number, number, number];
    const left = { encoding: activationEncoding(-0.9, 1, 4) };
    const read = fakeQuantize(sample!.left, left.encoding);
    const halved = float32(
      sample!.right.shape,
      (sample!.right.data as Float32Array).map((value) => value / 2),
    );
    for (const right of [undefined, halved]) {
      const { missing: found } = await probe.moments({ left, ...(right && { right }) });
      const expected = common(read, missing(sample!, read, right ?? sample!.right));
      // What is missing is rounded to float32 after sums of `depth` products.
      expectClose(found.data as Float32Array, expected, rows * roundingOf(depth) + roundingOf(rows) * depth);
    }
    await search.runtime.dispose();
  });

  it.each(weightedModels.flatMap((given) => (["importance", "root"] as const).map((counting) => ({ ...given, counting }))))(
    "$name: rows count by what their importance is on average: $counting",
    async ({ counting, ...given }) => {
      const search = await searchCase(given.model(), given.feeds);
      const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
      const importance = randomTensor(sample!.reference.shape, 7);
      const squares = { ...importance, data: (importance.data as Float32Array).map((value) => value ** 2) };
      const probe = await search.runtime.probe({ ...sample!, importance: squares });
      const columns = squares.shape[2]!;
      const roots = Array.from({ length: squares.data.length / columns }, (_, row) =>
        Math.sqrt((squares.data as Float32Array).subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value, 0) / columns),
      ).map((root) => (counting === "root" ? Math.sqrt(root) : root));
      const weighed = ({ shape, data }: Tensor): Tensor =>
        float32(
          shape,
          (data as Float32Array).map((value, index) => value * roots[Math.floor(index / shape[2]!)]!),
        );
      const left = { encoding: activationEncoding(-0.9, 1, 4) };
      const read = fakeQuantize(sample!.left, left.encoding);
      const { second, missing: found } = await probe.moments({ left, counting });
      const [rows, depth] = [read.shape[1]!, read.shape[2]!];
      expectClose(second.data as Float32Array, common(weighed(read), weighed(read)), 2 * roundingOf(rows));
      const expected = common(weighed(read), weighed(missing(sample!, read, sample!.right)));
      expectClose(found.data as Float32Array, expected, 2 * (rows * roundingOf(depth) + roundingOf(rows) * depth));
      await search.runtime.dispose();
    },
  );
});
