import * as fc from "fast-check";
import { describe, it } from "vitest";
import { int, ints, string } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { named, sizesOfNames } from "../fixtures/any-shape.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

/** Along one spatial axis. */
const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  before: fc.nat(4),
  after: fc.nat(4),
  /** Beyond one window. */
  more: fc.nat(5),
});

const settings = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  batch: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  isNamed: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

describe("gradients of convolutions", () => {
  it("Conv of one and two dimensions, with any stride, padding, dilation and groups", async () => {
    const property = fc.asyncProperty(settings, async ({ axes, batch, group, inputs, outputs, isNamed, seed }) => {
      const spatial = axes.map(({ kernel, dilation, before, after, more }) => Math.max(dilation * (kernel - 1) + 1 + more - before - after, 1));
      const attributes = {
        strides: ints(axes.map((each) => each.stride)),
        dilations: ints(axes.map((each) => each.dilation)),
        pads: ints([...axes.map((each) => each.before), ...axes.map((each) => each.after)]),
        group: int(group),
      };
      const shape = [batch, group * inputs, ...spatial];
      const model = buildModel({ inputs: { x: named(shape, "x", isNamed) }, seed }, (b, { x }) => {
        const weight = b.random([group * outputs, inputs, ...axes.map((each) => each.kernel)]);
        return { y: b.op("Conv", [x, weight, b.random([group * outputs])], attributes) };
      });
      await expectGradient(model, { seed, dimensions: sizesOfNames(shape, "x") });
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it.each(["SAME_UPPER", "SAME_LOWER", "VALID"])("Conv with auto_pad %s", async (mode) => {
    for (const stride of [1, 2, 3]) {
      for (const shape of [
        [2, 2, 7, 8],
        ["n", 2, 7, 8],
      ]) {
        const model = buildModel({ inputs: { x: shape } }, (b, { x }) => ({
          y: b.op("Conv", [x, b.random([3, 2, 3, 2])], { auto_pad: string(mode), strides: ints([stride, stride]) }),
        }));
        await expectGradient(model);
      }
    }
  });

  it("Conv with quantized weights", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 5, 5] } }, (b, { x }) => {
      const codes = b.constant({ dtype: "int8", shape: [3, 2, 3, 3], data: Int8Array.from({ length: 54 }, (_, index) => ((index * 37) % 200) - 100) });
      return { y: b.op("Conv", [x, b.op("DequantizeLinear", [codes, b.constant([0.01, 0.02, 0.03])], { axis: int(0) })]) };
    });
    await expectGradient(model);
  });

  it("ConvTranspose", async () => {
    for (const [strides, group] of [
      [[2, 3], 1],
      [[1, 2], 2],
    ] as const) {
      const model = buildModel({ inputs: { x: [2, 4, 3, 5] } }, (b, { x }) => {
        const attributes = { strides: ints(strides), group: int(group), pads: ints([1, 0, 0, 1]), output_padding: ints([0, 1]) };
        return { y: b.op("ConvTranspose", [x, b.random([4, 3, 3, 2]), b.random([3 * group])], attributes) };
      });
      await expectGradient(model);
    }
  });
});
