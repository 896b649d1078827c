import { describe, it } from "vitest";
import { float, int, string } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

describe("sampling", () => {
  it.each([10, 16])("RoiAlign of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [1, 2, 10, 10] } }, (b, { x }) => {
      const regions = b.constant([0.5, 1, 7.3, 8, 2, 0, 9, 4.2], [2, 4]);
      const batch = b.int64([0, 0]);
      const size = { output_height: int(3), output_width: int(4), spatial_scale: float(0.9) };
      return {
        average: b.op("RoiAlign", [x, regions, batch], { ...size, sampling_ratio: int(2) }),
        most: b.op("RoiAlign", [x, regions, batch], { ...size, mode: string("max"), sampling_ratio: int(1) }),
      };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it.each([undefined, "bilinear", "bicubic", "nearest"])("GridSample-16, %s", async (mode) => {
    const model = buildModel({ opset: 16, inputs: { x: [1, 2, 5, 6], grid: [1, 4, 4, 2] } }, (b, { x, grid }) => ({
      y: b.op("GridSample", [x, grid], { ...(mode && { mode: string(mode) }), padding_mode: string("border") }),
    }));
    await expectSameOutputs(model, upgradeOpset);
  });
});
