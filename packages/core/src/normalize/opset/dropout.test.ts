import { describe, expect, it } from "vitest";
import { float } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

describe("dropout", () => {
  it.each([7, 10])("Dropout of %i does nothing outside training", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op("Relu", [b.ops("Dropout", 2, [x], { ratio: float(0.3) })[0]!]) }));
    await expectSameOutputs(model, upgradeOpset);
  });

  it("refuses a Dropout whose mask is read", async () => {
    const model = buildModel({ opset: 10, inputs: { x: [3] } }, (b, { x }) => ({ mask: b.ops("Dropout", 2, [x])[1]! }));
    await expect(upgradeOpset(model)).rejects.toThrow(expect.objectContaining({ code: "unsupported-op", message: expect.stringContaining("mask") }));
  });
});
