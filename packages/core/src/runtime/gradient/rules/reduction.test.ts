import * as fc from "fast-check";
import { describe, it } from "vitest";
import { int } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { named, shape, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

const settings = shape(1, 4).chain((sizes) =>
  fc.record({
    sizes: fc.constant(sizes),
    axes: fc.subarray(sizes.map((_, axis) => axis)),
    isNegative: fc.boolean(),
    keepdims: fc.nat(1),
    noop: fc.nat(1),
    isNamed: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1e6 }),
  }),
);

describe("gradients of reductions", () => {
  it.each(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"])("%s over any axes, kept or not", async (op) => {
    const property = fc.asyncProperty(settings, async ({ sizes, axes, isNegative, keepdims, noop, isNamed, seed }) => {
      const written = axes.map((axis) => (isNegative ? axis - sizes.length : axis));
      const model = buildModel({ inputs: { x: named(sizes, "x", isNamed) } }, (b, { x }) => ({
        y: b.op(op, [x, axes.length > 0 ? b.int64(written) : undefined], { keepdims: int(keepdims), noop_with_empty_axes: int(noop) }),
      }));
      await expectGradient(model, { seed, distinct: /Max|Min/.test(op), dimensions: sizesOfNames(sizes, "x") });
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
