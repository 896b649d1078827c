import { describe, it } from "vitest";
import { int, ints } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectGradient } from "./fixtures/expect-gradient.ts";

describe("quick", () => {
  it("conv", async () => {
    await expectGradient(
      buildModel({ inputs: { x: [2, 4, 7, 6] } }, (b, { x }) => ({
        y: b.op("Conv", [x, b.random([6, 2, 3, 2])], { group: int(2), strides: ints([2, 1]), pads: ints([1, 0, 1, 1]) }),
      })),
    );
    await expectGradient(
      buildModel({ inputs: { x: [2, 4, 7, 6] } }, (b, { x }) => ({
        y: b.op("Conv", [x, b.random([6, 2, 3, 2])], { group: int(2), strides: ints([1, 1]), pads: ints([1, 0, 1, 1]) }),
      })),
    );
    await expectGradient(
      buildModel({ inputs: { x: ["N", 4, "H", "W"] } }, (b, { x }) => ({
        y: b.op("Conv", [x, b.random([6, 2, 3, 2])], { group: int(2), strides: ints([2, 1]), pads: ints([1, 0, 1, 1]) }),
      })),
      { dimensions: { N: 2, H: 8, W: 5 } },
    );
    await expectGradient(
      buildModel({ inputs: { x: [3, 8], z: [3, 8] } }, (b, { x, z }) => ({
        y: b.op("Gelu", [b.op("LayerNormalization", [b.op("MatMul", [x, b.op("Transpose", [z])]), b.random([3])])]),
      })),
    );
  });
});
