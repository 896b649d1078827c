import { describe, it } from "vitest";
import { type Attribute, int, ints, string, type Value } from "../../../ir/index.ts";
import { buildModel, type GraphBuilder } from "../../../testing/build-model.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

type Case = [name: string, shape: readonly number[], op: string, attributes?: Readonly<Record<string, Attribute>>, parameter?: (b: GraphBuilder) => Value];

const cases: Case[] = [
  ["Reshape", [2, 3, 4], "Reshape", {}, (b) => b.int64([4, -1])],
  ["Flatten", [2, 3, 4], "Flatten", { axis: int(2) }],
  ["Squeeze", [2, 1, 4, 1], "Squeeze", {}, (b) => b.int64([1, -1])],
  ["Squeeze of all", [2, 1, 4, 1], "Squeeze"],
  ["Unsqueeze", [2, 3], "Unsqueeze", {}, (b) => b.int64([0, 2])],
  ["Transpose", [2, 3, 4], "Transpose", { perm: ints([1, 2, 0]) }],
  ["Transpose without an order", [2, 3, 4], "Transpose"],
  ["Expand", [3, 1], "Expand", {}, (b) => b.int64([2, 3, 4])],
  ["Expand by less than there is", [2, 3, 1], "Expand", {}, (b) => b.int64([1, 5])],
  ["DepthToSpace", [2, 12, 2, 3], "DepthToSpace", { blocksize: int(2) }],
  ["DepthToSpace, channel first", [2, 12, 2, 3], "DepthToSpace", { blocksize: int(2), mode: string("CRD") }],
  ["SpaceToDepth", [2, 3, 4, 6], "SpaceToDepth", { blocksize: int(2) }],
  ["Identity", [2, 3], "Identity"],
  ["Dropout", [2, 3], "Dropout"],
];

describe("gradients of what arranges elements", () => {
  // Twice: a gradient of the wrong shape or order would go unnoticed where all elements weigh the same.
  it.each(cases)("%s", async (_, shape, op, attributes, parameter) => {
    const build = (b: GraphBuilder, x: Value) => ({ y: b.op(op, [b.op("Mul", [x, x]), parameter?.(b)], attributes) });
    await expectGradient(buildModel({ inputs: { x: shape } }, (b, { x }) => build(b, x)));
    await expectGradient(
      buildModel({ inputs: { x: ["n", ...shape.slice(1)] } }, (b, { x }) => build(b, x)),
      { dimensions: { n: shape[0]! } },
    );
  });
});
