import { describe, expect, it } from "vitest";
import { int } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

describe("redefined operators", () => {
  it("Scatter becomes ScatterElements", async () => {
    const model = buildModel({ opset: 9, inputs: { x: [3, 3] } }, (b, { x }) => {
      const indices = b.constant({ dtype: "int64", shape: [2, 3], data: BigInt64Array.of(1n, 0n, 2n, 0n, 2n, 1n) });
      return { y: b.op("Scatter", [x, indices, b.random([2, 3])], { axis: int(0) }) };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it("refuses Scan-8, which also loops over a batch", async () => {
    const model = buildModel({ opset: 8, inputs: { x: [1, 3, 2] } }, (b, { x }) => ({ y: b.op("Scan", [undefined, x], {}, "loop") }));
    await expect(upgradeOpset(model)).rejects.toThrow(expect.objectContaining({ code: "unsupported-op", details: { node: "loop", op: "Scan" } }));
  });
});
