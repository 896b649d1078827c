import * as fc from "fast-check";
import { describe, it } from "vitest";
import { int, ints } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { named, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

/** Padding stays below the kernel, as ONNX Runtime demands. */
const axis = fc.integer({ min: 1, max: 3 }).chain((kernel) =>
  fc.record({
    kernel: fc.constant(kernel),
    stride: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(kernel - 1),
    after: fc.nat(kernel - 1),
    size: fc.integer({ min: kernel, max: 7 }),
  }),
);

const drawn = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  ceil: fc.nat(1),
  countsPadding: fc.nat(1),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/** ONNX Runtime infers one window more than it computes where the last would start behind the input. */
const startsInside = ({ axes, ceil }: Settings): boolean =>
  ceil === 0 || axes.every(({ kernel, stride, before, after, size }) => Math.ceil((size + before + after - kernel) / stride) * stride < size + before);

type Settings = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

const settings = drawn.filter(startsInside);

function attributesOf({ axes, ceil }: Settings) {
  return {
    kernel_shape: ints(axes.map((each) => each.kernel)),
    strides: ints(axes.map((each) => each.stride)),
    pads: ints([...axes.map((each) => each.before), ...axes.map((each) => each.after)]),
    ceil_mode: int(ceil),
  };
}

const shapeOf = ({ axes }: Settings): readonly number[] => [2, 3, ...axes.map((each) => each.size)];

describe("gradients of poolings", () => {
  it("AveragePool with any stride and padding, counted or not", async () => {
    const property = fc.asyncProperty(settings, async (each) => {
      const attributes = { ...attributesOf(each), count_include_pad: int(each.countsPadding) };
      const model = buildModel({ inputs: { x: shapeOf(each) } }, (b, { x }) => ({ y: b.op("AveragePool", [x], attributes) }));
      await expectGradient(model, { seed: each.seed });
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("AveragePool of sizes that are not known", async () => {
    const model = buildModel({ inputs: { x: ["n", 2, "h", "w"] } }, (b, { x }) => ({
      y: b.op("AveragePool", [x], { kernel_shape: ints([3, 2]), strides: ints([3, 2]) }),
    }));
    await expectGradient(model, { dimensions: { n: 2, h: 8, w: 5 } });
  });

  it("MaxPool with any stride and padding, windows that overlap included", async () => {
    const property = fc.asyncProperty(settings, fc.boolean(), async (each, isNamed) => {
      const shape = shapeOf(each);
      const model = buildModel({ inputs: { x: named(shape, "x", isNamed) } }, (b, { x }) => ({ y: b.op("MaxPool", [x], attributesOf(each)) }));
      await expectGradient(model, { seed: each.seed, distinct: true, dimensions: sizesOfNames(shape, "x") });
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it.each(["GlobalAveragePool", "GlobalMaxPool"])("%s", async (op) => {
    for (const shape of [
      [2, 3, 4, 5],
      ["n", 3, "h", "w"],
    ]) {
      await expectGradient(
        buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op(op, [x]) })),
        { distinct: op === "GlobalMaxPool" },
      );
    }
  });
});
