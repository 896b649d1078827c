import { describe, it } from "vitest";
import { float, int } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

describe("gradients of normalizations", () => {
  it.each([-1, -2, 1, 2])("LayerNormalization from axis %d", async (axis) => {
    const parameters = [3, 4, 5].slice(axis < 0 ? axis : axis);
    const model = buildModel({ inputs: { x: [3, 4, 5] } }, (b, { x }) => {
      const bias = b.random(parameters);
      return { y: b.op("LayerNormalization", [x, b.random(parameters), bias], { axis: int(axis), epsilon: float(1e-3) }) };
    });
    await expectGradient(model);
  });

  it("InstanceNormalization", async () => {
    for (const shape of [
      [2, 3, 5],
      ["n", 3, "h", "w"],
    ]) {
      const model = buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op("InstanceNormalization", [x, b.random([3]), b.random([3])]) }));
      await expectGradient(model, { dimensions: { h: 3, w: 4 } });
    }
  });

  it("GroupNormalization", async () => {
    for (const shape of [
      [2, 6, 3, 2],
      ["n", 6, "h", "w"],
    ]) {
      const model = buildModel({ inputs: { x: shape } }, (b, { x }) => ({
        y: b.op("GroupNormalization", [x, b.random([6]), b.random([6])], { num_groups: int(2) }),
      }));
      await expectGradient(model, { dimensions: { h: 3, w: 2 } });
    }
  });

  it("BatchNormalization", async () => {
    const model = buildModel({ inputs: { x: [2, 3, 4, 2] } }, (b, { x }) => ({
      y: b.op("BatchNormalization", [x, b.random([3]), b.random([3]), b.random([3]), b.constant([0.5, 1, 2])]),
    }));
    await expectGradient(model);
  });

  it.each(["Softmax", "LogSoftmax"])("%s along any axis", async (op) => {
    for (const axis of [0, 1, -1]) {
      await expectGradient(buildModel({ inputs: { x: [3, 4, 5] } }, (b, { x }) => ({ y: b.op(op, [x], { axis: int(axis) }) })));
    }
    await expectGradient(buildModel({ inputs: { x: ["a", "b"] } }, (b, { x }) => ({ y: b.op(op, [x]) })));
  });
});
