import * as fc from "fast-check";
import { describe, it } from "vitest";
import { float, int } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { broadcastShapes, named, size, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

const seed = fc.integer({ min: 1, max: 1e6 });

describe("gradients of products", () => {
  it("MatMul, with batches broadcast on either side", async () => {
    const property = fc.asyncProperty(broadcastShapes, size(), size(), size(), fc.boolean(), seed, async ([left, right], m, k, n, isNamed, seed) => {
      const [a, c] = [
        [...left, m, k],
        [...right, k, n],
      ];
      const model = buildModel({ inputs: { a: named(a, "a", isNamed), c: named(c, "c", isNamed) } }, (b, { a, c }) => ({ y: b.op("MatMul", [a, c]) }));
      await expectGradient(model, { seed, dimensions: { ...sizesOfNames(a, "a"), ...sizesOfNames(c, "c") } });
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it.each([
    { a: [3], c: [3] },
    { a: [3], c: [3, 4] },
    { a: [2, 3], c: [3] },
  ])("MatMul with a vector: %j", async (inputs) => {
    await expectGradient(buildModel({ inputs }, (b, { a, c }) => ({ y: b.op("MatMul", [a!, c!]) })));
  });

  it("Gemm, transposed or not, scaled, with any bias", async () => {
    const property = fc.asyncProperty(size(), size(), size(), fc.nat(1), fc.nat(1), fc.nat(4), seed, async (m, k, n, transA, transB, bias, seed) => {
      const inputs = { a: transA ? [k, m] : [m, k], c: transB ? [n, k] : [k, n], d: [[m, n], [n], [1, n], [m, 1], []][bias]! };
      const attributes = { transA: int(transA), transB: int(transB), alpha: float(0.5), beta: float(1.5) };
      await expectGradient(
        buildModel({ inputs }, (b, { a, c, d }) => ({ y: b.op("Gemm", [a, c, d], attributes) })),
        { seed },
      );
    });
    await fc.assert(property, { numRuns: 40 });
    await expectGradient(buildModel({ inputs: { a: [2, 3] } }, (b, { a }) => ({ y: b.op("Gemm", [a, b.random([3, 4])]) })));
  });
});
