import { writeModel } from "@halftone/core";
import { buildModel, floats } from "@halftone/core/testing";
import { expect, test } from "vitest";
import { memoryNeeds } from "./needs.ts";

/** Two branches from one input, of 4 x 16 floats for each row, then their sum. */
const branches = () => {
  const model = buildModel({ inputs: { x: ["n", 16] } }, (b, { x }) => {
    const left = b.op("Relu", [b.op("MatMul", [x, b.random([16, 64])])]);
    return { y: b.op("Add", [left, b.op("Tanh", [left])]) };
  });
  for (const node of model.graph.nodes) Object.assign(node.outputs[0]!, { dtype: "float32", shape: ["n", 64] });
  return writeModel(model);
};

const weights = 16 * 64 * 4;

test("opening takes the file and its weights twice", () => {
  const files = branches();
  expect(memoryNeeds(files).opening).toBe(files.model.byteLength + 2 * weights);
});

test("a run takes what lives at the same moment, and grows with the batch", () => {
  const needs = memoryNeeds(branches());
  const needed = (batch: number) => needs.running({ x: floats([batch, 16], new Float32Array(batch * 16)) });
  // Relu, Tanh and their sum live together: three of 64 floats a row.
  for (const batch of [1, 10]) expect(needed(batch)).toBe(2 * weights + batch * (16 + 3 * 64) * 4);
});

test("sizes that are not written down are left out", () => {
  const model = buildModel({ inputs: { x: ["n", 16] } }, (b, { x }) => ({ y: b.op("Neg", [b.op("Abs", [x])]) }));
  for (const node of model.graph.nodes) for (const value of node.outputs) value!.shape = undefined;
  expect(memoryNeeds(writeModel(model)).running({ x: floats([2, 16], new Float32Array(32)) })).toBe(2 * 16 * 4);
});
