import { describe, expect, it } from "vitest";
import { type Attribute, floats, type Model, string } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const operators = (model: Model) => model.graph.nodes.map((node) => node.op);
const resizeOf = (opset: number, scales: readonly number[], attributes: Readonly<Record<string, Attribute>>) =>
  buildModel({ opset, inputs: { x: [1, 2, 7, 9] } }, (b, { x }) => {
    const inputs = opset === 10 ? [x, b.constant(scales)] : [x, b.constant([]), b.constant(scales)];
    return { y: b.op("Resize", inputs, attributes) };
  });

describe("resizing", () => {
  it.each(["nearest", "linear"])("Upsample of 7 and 9: %s", async (mode) => {
    const scales = [1, 1, 2.6, 3];
    const seven = buildModel({ opset: 7, inputs: { x: [1, 2, 4, 5] } }, (b, { x }) => ({
      y: b.op("Upsample", [x], { scales: floats(scales), mode: string(mode) }),
    }));
    expect(operators(await expectSameOutputs(seven, upgradeOpset))).toEqual(["Resize"]);
    const nine = buildModel({ opset: 9, inputs: { x: [1, 2, 4, 5], scales: [4] } }, (b, { x, scales }) => ({
      y: b.op("Upsample", [x, scales], { mode: string(mode) }),
    }));
    await expectSameOutputs(nine, upgradeOpset, { feeds: { scales: { dtype: "float32", shape: [4], data: Float32Array.from(scales) } } });
  });

  it.each([
    { name: "enlarges", scales: [1, 1, 2.3, 1.7], count: 1 },
    { name: "shrinks", scales: [1, 1, 0.6, 0.45], count: 1 },
    { name: "does both", scales: [1, 1, 0.6, 1.7], count: 2 },
    { name: "does neither", scales: [1, 1, 1, 1], count: 1 },
  ])("Resize-10, nearest, that $name", async ({ scales, count }) => {
    const upgraded = await expectSameOutputs(resizeOf(10, scales, { mode: string("nearest") }), upgradeOpset);
    expect(operators(upgraded).filter((op) => op === "Resize")).toHaveLength(count);
  });

  it.each([
    [1, 1, 2.3, 0.7],
    [1, 1, 0.3, 0.7],
    [1, 1, 1.5, 2],
  ])("Resize-10 whose scales are only known at run time: %f %f %f %f", async (...scales) => {
    const model = buildModel({ opset: 10, inputs: { x: [1, 2, 7, 9], scales: [4] } }, (b, { x, scales }) => ({
      nearest: b.op("Resize", [x, scales]),
      linear: b.op("Resize", [x, scales], { mode: string("linear") }),
    }));
    await expectSameOutputs(model, upgradeOpset, { feeds: { scales: { dtype: "float32", shape: [4], data: Float32Array.from(scales) } } });
  });

  it.each(["floor", "round_prefer_floor"])("Resize-11 in tf_half_pixel_for_nn, %s", async (rounding) => {
    for (const scales of [
      [1, 1, 3, 2],
      [1, 1, 0.5, 0.25],
      [1, 1, 0.6, 2.7],
    ]) {
      const attributes = { coordinate_transformation_mode: string("tf_half_pixel_for_nn"), nearest_mode: string(rounding) };
      await expectSameOutputs(resizeOf(11, scales, attributes), upgradeOpset);
    }
  });

  it("refuses tf_half_pixel_for_nn where no newer mode rounds like it", async () => {
    const model = resizeOf(11, [1, 1, 2, 2], { coordinate_transformation_mode: string("tf_half_pixel_for_nn"), nearest_mode: string("ceil") });
    await expect(upgradeOpset(model)).rejects.toThrow(expect.objectContaining({ code: "unsupported-op", details: { node: "Resize", op: "Resize" } }));
  });

  it("Resize-11 with sizes, empty inputs, a region and a cubic", async () => {
    const model = buildModel({ opset: 11, inputs: { x: [1, 2, 7, 9] } }, (b, { x }) => {
      const empty = () => b.constant([]);
      const scales = b.constant([1, 1, 1.5, 0.8]);
      return {
        sized: b.op("Resize", [x, empty(), empty(), b.int64([1, 2, 5, 12])], { mode: string("linear") }),
        cubic: b.op("Resize", [x, empty(), scales], { mode: string("cubic"), coordinate_transformation_mode: string("align_corners") }),
        nearest: b.op("Resize", [x, empty(), scales]),
        cropped: b.op("Resize", [x, b.constant([0, 0, 0.2, 0.3, 1, 1, 0.8, 0.9]), scales], {
          mode: string("linear"),
          coordinate_transformation_mode: string("tf_crop_and_resize"),
        }),
      };
    });
    const { graph } = await expectSameOutputs(model, upgradeOpset);
    expect(graph.nodes.map((node) => node.inputs.map(Boolean))).toEqual([
      [true, false, false, true],
      [true, false, true],
      [true, false, true],
      [true, true, true],
    ]);
  });
});
