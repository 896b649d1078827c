import { describe, expect, it } from "vitest";
import { float, int, type Model } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const batchNorm = (opset: number, outputs: number) =>
  buildModel({ opset, inputs: { x: [2, 3, 4, 5] } }, (b, { x }) => {
    const variance = b.op("Exp", [b.random([3])]);
    const [y, ...rest] = b.ops("BatchNormalization", outputs, [x, b.random([3]), b.random([3]), b.random([3]), variance], {
      epsilon: float(1e-3),
      momentum: float(0.8),
    });
    return { y: y!, ...(outputs === 2 ? { mean: rest[0]! } : {}) };
  });

describe("normalization", () => {
  it.each([7, 8, 9, 14])("BatchNormalization of %i", async (opset) => {
    await expectSameOutputs(batchNorm(opset, 1), upgradeOpset);
  });

  it("BatchNormalization-7 with parameters for every position", async () => {
    const model = buildModel({ opset: 7, inputs: { x: ["n", 3, 4, 5] } }, (b, { x }) => {
      const parameter = () => b.random([3, 4, 5]);
      return { y: b.op("BatchNormalization", [x, parameter(), parameter(), parameter(), b.op("Exp", [parameter()])], { spatial: int(0) }) };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it("drops statistics that nobody reads, and refuses those that somebody reads", async () => {
    const unread = batchNorm(9, 5);
    await upgradeOpset(unread);
    expect(unread.graph.nodes.at(-1)!.outputs).toHaveLength(1);
    await expect(upgradeOpset(batchNorm(9, 2))).rejects.toThrow(expect.objectContaining({ code: "unsupported-op", message: expect.stringContaining("mean") }));
  });

  it.each([6, "channels"] as const)("GroupNormalization-18 with %s channels", async (channels) => {
    const model = buildModel({ opset: 18, inputs: { x: [2, channels, 4, 5] } }, (b, { x }) => ({
      y: b.op("GroupNormalization", [x, b.random([3]), b.random([3])], { num_groups: int(3), epsilon: float(1e-4) }),
    }));
    // The runtime spells the two versions out in different primitives.
    const upgraded: Model = await expectSameOutputs(model, upgradeOpset, { dimensions: { channels: 6 }, ulps: 4 });
    expect(upgraded.graph.nodes.some((node) => node.op === "Shape")).toBe(channels === "channels");
  });
});
