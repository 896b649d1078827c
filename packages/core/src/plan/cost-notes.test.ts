import { expect, test } from "vitest";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, OperandPlan } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { costNotes } from "./cost-notes.ts";

const grid: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.1], zeroPoint: [0] };
const twin: OperandPlan = { encoding: { kind: "twin", threshold: 0.25, low: grid, high: grid } };
const rescaled: OperandPlan = { encoding: grid, rescaling: { axis: 1, scale: [1, 2, 1, 2] } };

/** Two convolutions, the second of which reads what the first one stores. */
function notesOf(operands: Readonly<Record<string, OperandPlan>>, stored: readonly string[] = []): readonly string[] {
  const { graph } = buildModel({ inputs: { x: [1, 4, 4, 4] } }, (b, { x }) => ({
    y: b.op("Conv", [b.op("Conv", [x, b.random([4, 4, 1, 1], "w")], {}, "first"), b.random([4, 4, 1, 1], "v")], {}, "second"),
  }));
  const { nodes } = place(graph, new Map(), fixtureTarget, resolveConfig({}, fixtureTarget));
  return costNotes(graph, { encodings: Object.fromEntries([...stored, "w", "v"].map((name) => [name, grid])), operands, nodes }, fixtureTarget);
}

test("nothing is said of products that read what is stored", () => {
  expect(notesOf({}, ["x", "first_out"])).toEqual([]);
});

test("each kind of extra work is counted", () => {
  const narrow: OperandPlan = { encoding: { ...grid, bits: 6 } };
  expect(notesOf({ first_out: narrow }, ["first_out"])).toEqual([
    expect.stringMatching(/^products read 1 tensor that integer kernels store from another grid/),
  ]);
  expect(notesOf({ x: twin, first_out: twin })).toEqual([expect.stringMatching(/^products read 2 tensors from two grids: .* computed twice/)]);
  expect(notesOf({ x: rescaled })).toEqual([expect.stringMatching(/1 tensor rescaled per channel/)]);
});
