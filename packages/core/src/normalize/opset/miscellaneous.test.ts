import { describe, expect, it } from "vitest";
import { float, int } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

describe("miscellaneous operators", () => {
  it.each([7, 10])("Dropout of %i does nothing outside training", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [3, 4] } }, (b, { x }) => ({ y: b.op("Relu", [b.ops("Dropout", 2, [x], { ratio: float(0.3) })[0]!]) }));
    await expectSameOutputs(model, upgradeOpset);
  });

  it("refuses a Dropout whose mask is read", () => {
    const model = buildModel({ opset: 10, inputs: { x: [3] } }, (b, { x }) => ({ mask: b.ops("Dropout", 2, [x])[1]! }));
    expect(() => upgradeOpset(model)).toThrow(expect.objectContaining({ code: "unsupported-op", message: expect.stringContaining("mask") }));
  });

  it("Scatter becomes ScatterElements", async () => {
    const model = buildModel({ opset: 9, inputs: { x: [3, 3] } }, (b, { x }) => {
      const indices = b.constant({ dtype: "int64", shape: [2, 3], data: BigInt64Array.of(1n, 0n, 2n, 0n, 2n, 1n) });
      return { y: b.op("Scatter", [x, indices, b.random([2, 3])], { axis: int(0) }) };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it.each([17, 19])("DFT of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [2, 6, 5, 1] } }, (b, { x }) => ({
      first: b.op("DFT", [x]),
      second: b.op("DFT", [x], { axis: int(2), onesided: int(1) }),
    }));
    await expectSameOutputs(model, upgradeOpset);
  });

  it("refuses Scan-8, which also loops over a batch", () => {
    const model = buildModel({ opset: 8, inputs: { x: [1, 3, 2] } }, (b, { x }) => ({ y: b.op("Scan", [undefined, x], {}, "loop") }));
    expect(() => upgradeOpset(model)).toThrow(expect.objectContaining({ code: "unsupported-op", details: { node: "loop", op: "Scan" } }));
  });
});
