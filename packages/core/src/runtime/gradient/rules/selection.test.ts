import * as fc from "fast-check";
import { describe, it } from "vitest";
import { int, string } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { named, shape, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

const seed = fc.integer({ min: 1, max: 1e6 });
const far = 2 ** 40;

describe("gradients of what selects elements", () => {
  it("Slice with any start, end and step, from the end too", async () => {
    const bound = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(far, -far));
    const along = fc.tuple(bound, bound, fc.constantFrom(1, 2, 3, -1, -2));
    const property = fc.asyncProperty(
      shape(2, 3),
      fc.array(along, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      seed,
      async (sizes, ranges, isNamed, seed) => {
        const axes = ranges.map((_, index) => (index === 0 ? 1 : -sizes.length));
        const [starts, ends, steps] = [0, 1, 2].map((part) => ranges.map((range) => range[part]!));
        fc.pre(ranges.every(([start, end, step], index) => countOf(sizes.at(axes[index]!)!, start, end, step) > 0));
        const model = buildModel({ inputs: { x: named(sizes, "x", isNamed) } }, (b, { x }) => ({
          y: b.op("Slice", [x, b.int64(starts!), b.int64(ends!), b.int64(axes), b.int64(steps!)]),
        }));
        await expectGradient(model, { seed, dimensions: sizesOfNames(sizes, "x") });
      },
    );
    await fc.assert(property, { numRuns: 60 });
    await expectGradient(buildModel({ inputs: { x: [4, 5] } }, (b, { x }) => ({ y: b.op("Slice", [x, b.int64([1, 2]), b.int64([3, 4])]) })));
  });

  it("Gather along any axis, with indices of any rank, negative and repeated ones", async () => {
    const indices = fc.oneof(fc.constant([]), shape(1, 2));
    const property = fc.asyncProperty(
      shape(1, 3),
      fc.nat(2),
      indices,
      fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
      fc.boolean(),
      seed,
      async (...drawn) => {
        const [sizes, along, shape, picks, isNamed, seed] = drawn;
        const axis = along % sizes.length;
        const size = sizes[axis]!;
        const data = BigInt64Array.from({ length: shape.reduce((count, each) => count * each, 1) }, (_, index) => BigInt((picks[index]! % (2 * size)) - size));
        const model = buildModel({ inputs: { x: named(sizes, "x", isNamed) } }, (b, { x }) => ({
          y: b.op("Gather", [x, b.constant({ dtype: "int64", shape, data })], { axis: int(axis - sizes.length) }),
        }));
        await expectGradient(model, { seed, dimensions: sizesOfNames(sizes, "x") });
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it("Gather of distinct places out of order, as a permutation of channels is", async () => {
    await expectGradient(buildModel({ inputs: { x: [2, 6] } }, (b, { x }) => ({ y: b.op("Gather", [x, b.int64([4, 0, 5, 2])], { axis: int(1) }) })));
  });

  it.each([
    { x: [2, 3, 2], z: [2, 1, 2] },
    { x: [2, "a", 2], z: [2, "b", 2] },
  ])("Concat of %j, a constant and one of them again", async (inputs) => {
    const model = buildModel({ inputs }, (b, { x, z }) => ({ y: b.op("Concat", [x!, z!, b.random([2, 2, 2]), x!], { axis: int(-2) }) }));
    await expectGradient(model, { dimensions: { a: 3, b: 1 } });
  });

  it("Split, of which some outputs are used", async () => {
    for (const rows of [3, "n"]) {
      const model = buildModel({ inputs: { x: [rows, 6] } }, (b, { x }) => {
        const [first, , third] = b.ops("Split", 3, [x, b.int64([1, 2, 3])], { axis: int(1) });
        return { y: b.op("Mul", [first!, third!]) };
      });
      await expectGradient(model);
    }
  });

  it("Where, with its branches broadcast", async () => {
    const model = buildModel({ inputs: { x: [2, 1, 4], z: [3, 1] } }, (b, { x, z }) => ({
      y: b.op("Where", [b.constant({ dtype: "bool", shape: [3, 4], data: Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0) }), x, z]),
    }));
    await expectGradient(model);
    await expectGradient(
      buildModel({ inputs: { x: [4, 5] } }, (b, { x }) => ({ y: b.op("Where", [b.op("Greater", [x, b.constant([0])]), x, b.op("Mul", [x, x])]) })),
    );
  });

  it("Pad with constants, on all axes or some, and cutting off", async () => {
    const all = buildModel({ inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op("Pad", [x, b.int64([1, -1, 0, 2]), b.constant([7], [])]) }));
    await expectGradient(all);
    const some = buildModel({ inputs: { x: ["n", 4] } }, (b, { x }) => ({
      y: b.op("Pad", [x, b.int64([2, 1]), undefined, b.int64([-1])], { mode: string("constant") }),
    }));
    await expectGradient(some);
  });
});

function countOf(size: number, start: number, end: number, step: number): number {
  const all = Array.from({ length: size }, (_, index) => index);
  const place = (bound: number): number => (bound < 0 ? bound + size : bound);
  const inside = (index: number): boolean => (step > 0 ? index >= place(start) && index < place(end) : index <= place(start) && index > place(end));
  return all.filter(inside).length;
}
