import * as fc from "fast-check";
import { describe, it } from "vitest";
import { buildModel } from "../../../testing/build-model.ts";
import { broadcastShapes, named, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

/** Where the operator is smooth: a quotient and a power need numbers away from zero. */
const operators = { Add: 0, Sub: 0, Mul: 0, Div: 3, Pow: 3 };

describe("gradients of arithmetic", () => {
  it.each(Object.entries(operators))("%s, whatever is broadcast, with sizes declared or only named", async (op, offset) => {
    const property = fc.asyncProperty(broadcastShapes, fc.boolean(), fc.integer({ min: 1, max: 1e6 }), async ([left, right], isNamed, seed) => {
      const inputs = { a: named(left, "a", isNamed), b: named(right, "b", isNamed) };
      const model = buildModel({ inputs }, (b, { a, b: other }) => ({ y: b.op(op, [a, op === "Pow" ? b.op("Mul", [other, b.constant([0.25], [])]) : other]) }));
      await expectGradient(model, { seed, offset, dimensions: { ...sizesOfNames(left, "a"), ...sizesOfNames(right, "b") } });
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it("Pow with constant exponents, whole numbers too", async () => {
    for (const exponent of [2, 3, -1, 0.5]) {
      await expectGradient(
        buildModel({ inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op("Pow", [x, b.constant([exponent], [])]) })),
        { offset: 3 },
      );
    }
    const cubed = buildModel({ inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op("Pow", [x, b.int64([3])]) }));
    await expectGradient(cubed);
  });

  it("Min and Max", async () => {
    for (const op of ["Min", "Max"]) {
      await expectGradient(buildModel({ inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op(op, [x, b.constant([0])]) })));
      // Two inputs whose elements are never as close as a step.
      await expectGradient(buildModel({ inputs: { x: [3, 4], z: [4] } }, (b, { x, z }) => ({ y: b.op(op, [x, b.op("Add", [z, b.constant([1 / 16])])]) })));
    }
  });
});
