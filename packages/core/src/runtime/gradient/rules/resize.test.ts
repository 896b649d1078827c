import { describe, it } from "vitest";
import { string } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

const modes = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"];

describe("gradients of resizing", () => {
  it.each([
    ["asymmetric", "floor"],
    ["half_pixel", "round_prefer_floor"],
    ["half_pixel", "round_prefer_ceil"],
    ["pytorch_half_pixel", "round_prefer_floor"],
  ])("nearest by whole factors, %s and %s", async (place, rounding) => {
    const attributes = { mode: string("nearest"), coordinate_transformation_mode: string(place), nearest_mode: string(rounding) };
    for (const shape of [
      [1, 2, 3, 4],
      ["n", 2, "h", "w"],
    ]) {
      const model = buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op("Resize", [x, undefined, b.constant([1, 1, 2, 3])], attributes) }));
      await expectGradient(model, { dimensions: { h: 3, w: 4 } });
    }
    const bySize = buildModel({ inputs: { x: [1, 2, 3, 4] } }, (b, { x }) => ({
      y: b.op("Resize", [x, undefined, undefined, b.int64([1, 2, 6, 4])], attributes),
    }));
    await expectGradient(bySize);
  });

  it.each(modes)("linear, %s, up and down", async (place) => {
    const attributes = { mode: string("linear"), coordinate_transformation_mode: string(place) };
    for (const sizes of [
      [1, 2, 6, 8],
      [1, 2, 5, 3],
      [1, 2, 3, 9],
    ]) {
      const model = buildModel({ inputs: { x: [1, 2, 3, 4] } }, (b, { x }) => ({ y: b.op("Resize", [x, undefined, undefined, b.int64(sizes)], attributes) }));
      await expectGradient(model);
    }
  });
});
