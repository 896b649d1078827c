import { normalize, readModel, roundHalfEven, seededRandom, viewOf, writeModel } from "@halftone/core";
import { buildModel, floats } from "@halftone/core/testing";
import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { layerFacts } from "./layer-facts.ts";
import { modelFacts } from "./model-facts.ts";

const [depth, columns, count] = [64, 32, 256];

/** One product, of which the last column's weights are `wide` times as large as the others'. */
async function factsOf(wide: number) {
  const random = seededRandom(3);
  const uniform = (length: number): Float32Array => Float32Array.from({ length }, () => random() * 2 - 1);
  const weight = floats(
    [depth, columns],
    uniform(depth * columns).map((value, index) => (index % columns === columns - 1 ? wide * value : value)),
  );
  const samples = Array.from({ length: count }, () => floats([1, depth], uniform(depth)));
  const model = readModel(writeModel(buildModel({ inputs: { x: [1, depth] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.constant(weight)]) }))));
  await normalize(model, { backend: nodeBackend() });
  const source = {
    id: "samples",
    batches: count,
    async *[Symbol.asyncIterator]() {
      for (const x of samples) yield { x };
    },
  };
  const facts = await layerFacts({ model, layers: modelFacts(viewOf(model.graph)).layers, source, backend: nodeBackend() });
  return { facts, weight, samples };
}

/** Of the products when both sides are rounded to 8 bits, in dB. */
function measuredSqnr({ weight, samples }: Pick<Awaited<ReturnType<typeof factsOf>>, "weight" | "samples">, perChannel: boolean): number {
  const rounded = (values: readonly number[]): readonly number[] => {
    const step = (2 * Math.max(...values.map(Math.abs))) / 255;
    return values.map((value) => roundHalfEven(value / step) * step);
  };
  const values = Array.from(weight.data as Float32Array);
  const columnOf = (all: readonly number[], column: number) => all.filter((_, index) => index % columns === column);
  const roundedWeight = perChannel ? undefined : rounded(values);
  const operands = samples.map(({ data }) => Array.from(data as Float32Array));
  const roundedOperands = rounded(operands.flat());
  let [signal, noise] = [0, 0];
  for (let column = 0; column < columns; column++) {
    const own = columnOf(values, column);
    const coarse = roundedWeight ? columnOf(roundedWeight, column) : rounded(own);
    operands.forEach((operand, row) => {
      const product = (left: readonly number[], right: readonly number[]) => left.reduce((sum, value, index) => sum + value * right[index]!, 0);
      const exact = product(operand, own);
      signal += exact ** 2;
      noise += (product(roundedOperands.slice(row * depth, (row + 1) * depth), coarse) - exact) ** 2;
    });
  }
  return 10 * Math.log10(signal / noise);
}

test.each([1, 20])("a layer whose last channel is %i times as wide is as sensitive as the rounded product shows", async (wide) => {
  const { facts, ...data } = await factsOf(wide);
  expect(Math.abs(facts["sqnrTensor"]! - measuredSqnr(data, false))).toBeLessThan(1);
  expect(Math.abs(facts["sqnrChannel"]! - measuredSqnr(data, true))).toBeLessThan(1);
});

test("ranges are told in octaves, and with one layer the worst is the usual", async () => {
  const { facts } = await factsOf(16);
  expect(facts["weightRange"]).toBeCloseTo(4, 0);
  // Uniform on [-1, 1]: a span of 2 over 1 / sqrt(3).
  expect(facts["activationRange"]).toBeCloseTo(Math.log2(2 * Math.sqrt(3)), 1);
  for (const name of ["activationRange", "weightRange", "sqnrTensor", "sqnrChannel"]) expect(facts[`${name}Worst`]).toBe(facts[name]);
});

test("a network without layers has no facts", async () => {
  const model = readModel(writeModel(buildModel({ inputs: { x: [1, 4] } }, (b, { x }) => ({ y: b.op("Relu", [x]) }))));
  const source = {
    id: "sample",
    async *[Symbol.asyncIterator]() {
      yield { x: floats([1, 4], [1, 2, 3, 4]) };
    },
  };
  expect(await layerFacts({ model, layers: [], source, backend: nodeBackend() })).toEqual({});
});
