import { describe, expect, it } from "vitest";
import { ints, type Model, type Value, viewOf } from "../ir/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, OperandPlan } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { mergeGrids } from "./merge-grids.ts";

const conv = (b: GraphBuilder, x: Value, name: string): Value => b.op("Conv", [x, b.random([2, 2, 1, 1], `${name}_w`)], {}, name);

const stored: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.02], zeroPoint: [100] };
const narrow = (zeroPoint: number): AffineEncoding => ({ ...stored, bits: 6, scale: [0.1], zeroPoint: [zeroPoint] });

interface Case {
  readonly read?: OperandPlan;
  readonly from?: AffineEncoding;
  readonly build?: (b: GraphBuilder, x: Value) => Record<string, Value>;
}

const twoConvolutions = (b: GraphBuilder, x: Value): Record<string, Value> => ({ y: conv(b, conv(b, x, "first"), "second") });
const rectified = (b: GraphBuilder, x: Value): Record<string, Value> => ({ y: conv(b, b.op("Relu", [conv(b, x, "first")], {}, "relu"), "second") });

function merged({ read = { encoding: narrow(20) }, from = stored, build = twoConvolutions }: Case = {}) {
  const model: Model = buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => build(b, x!));
  const placement = place(model.graph, new Map(), fixtureTarget, resolveConfig({ activations: { bits: 6 } }, fixtureTarget));
  const encodings = Object.fromEntries(placement.activations.flatMap(({ tensors }) => tensors.map((tensor) => [tensor, from])));
  const operands = Object.fromEntries(placement.operands.map(({ tensor }) => [tensor, read]));
  return mergeGrids(viewOf(model.graph), placement, { encodings, operands, nodes: placement.nodes }, fixtureTarget);
}

describe("a tensor that products alone read", () => {
  it.each([narrow(20), { ...stored, scale: [0.03] }])("is stored on the grid they read it from: %j", (encoding) => {
    const { encodings, operands } = merged({ read: { encoding } });
    expect([encodings.first_out, operands.first_out]).toEqual([encoding, undefined]);
    expect([encodings.x, operands.x], "no kernel stores an input").toEqual([stored, { encoding }]);
  });

  it("is stored on a grid that ends where a Relu does, or stays as it is", () => {
    const atZero = { ...stored, zeroPoint: [0] };
    expect(merged({ build: rectified, from: atZero, read: { encoding: narrow(0) } }).encodings.relu_out).toEqual(narrow(0));
    expect(merged({ build: rectified, from: atZero, read: { encoding: narrow(20) } }).encodings.relu_out, "lets negative values through").toEqual(atZero);
  });

  it("takes those with it that it is moved to", () => {
    const build = (b: GraphBuilder, x: Value) => ({
      y: conv(b, b.op("MaxPool", [conv(b, x, "first")], { kernel_shape: ints([2, 2]) }, "pool"), "second"),
    });
    const { encodings, operands } = merged({ build });
    expect([encodings.first_out, encodings.pool_out, operands.pool_out]).toEqual([narrow(20), narrow(20), undefined]);
  });

  it.each<readonly [string, Case]>([
    ["an output of the model", { build: (b, x) => ((first) => ({ y: conv(b, first, "second"), z: first }))(conv(b, x, "first")) }],
    [
      "read by an operator that computes",
      { build: (b, x) => ((first) => ({ y: conv(b, first, "second"), w: conv(b, b.op("Add", [first, first]), "third") }))(conv(b, x, "first")) },
    ],
    ["read rescaled", { read: { encoding: narrow(20), rescaling: { axis: 1, scale: [1, 2] } } }],
    ["read with one scale per channel", { read: { encoding: { ...stored, scale: [0.1, 0.2], zeroPoint: [1, 1], axis: 1 } } }],
    ["read on two grids", { read: { encoding: { kind: "twin", threshold: 0, low: stored, high: stored } } }],
    ["on grids per channel itself", { from: { ...stored, scale: [0.1, 0.2], zeroPoint: [1, 1], axis: 1 } }],
  ])("stays where it is when it is %s", (_, options) => {
    const { encodings } = merged(options);
    const { first_out: grid, z = grid } = encodings;
    expect(z).toEqual(options.from ?? stored);
  });
});
