import { expect, it } from "vitest";
import { dequantizeTensor } from "../numerics/index.ts";
import { decodeCodes, type Finding, rescaleWeight } from "../plan/index.ts";
import type { OperandPlan, PartialPlan, Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { compensateLayers } from "./compensate-layers.ts";
import { activationEncoding, rescalingOf, weightEncoding } from "./fixtures/encodings.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { multiply, randomTensor } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

const [rows, width] = [4, 8];

const network = () =>
  buildModel({ inputs: { x: ["n", rows, width] } }, (b, { x }) => {
    const hidden = b.op("Tanh", [b.op("MatMul", [x, b.random([width, width], "first_w")], {}, "first")], {}, "tanh");
    return {
      y: b.op("MatMul", [hidden, b.random([width, 5], "left_w")], {}, "left"),
      z: b.op("MatMul", [hidden, b.random([width, 3], "right_w")], {}, "right"),
    };
  });

const feeds: readonly Tensors[] = Array.from({ length: 24 }, (_, sample) => ({ x: randomTensor([1, rows, width], sample + 1) }));

/** Two bits: much of what the second layers read is lost. */
async function coarse() {
  const search = await searchCase(network(), feeds);
  const encoding = (name: string, bits: number) => {
    const site = search.placement.weights.find(({ tensor }) => tensor === name)!;
    return weightEncoding(search.graph.value(name)!.constant!, site, { bits });
  };
  const upstream: PartialPlan = { encodings: { first_w: encoding("first_w", 2), x: activationEncoding(-1, 1, 8) } };
  return { search, encoding, upstream, layers: [search.layer("left"), search.layer("right")] };
}

it.each([
  ["as it is", undefined],
  ["on a grid", { encoding: activationEncoding(-1, 1, 4) }],
  ["rescaled and shifted", { encoding: activationEncoding(-4, 4, 6), rescaling: rescalingOf(2, width, true) }],
] as const)("weights that read one tensor make up for what is upstream of it, with the tensor %s", async (_, given) => {
  const operand: OperandPlan | undefined = given;
  const { search, encoding, upstream, layers } = await coarse();
  const weight = (name: string) => encoding(name, 6);
  const [seen, unseen] = [
    await compensateLayers(search, await search.runtime.sample(layers, { upstream }), { operand, weight }),
    await compensateLayers(search, await search.runtime.sample(layers), { operand, weight }),
  ];
  expect(Object.keys(seen.codes!)).toEqual(["left_w", "right_w"]);
  const samples = await search.runtime.sample(layers, { ...everyPosition, upstream });
  for (const sample of samples) {
    const name = sample.layer.weight!;
    const original = search.graph.value(name)!.constant!;
    const rescaled = operand?.rescaling ? rescaleWeight(search.node(sample.layer.node), original, operand.rescaling) : original;
    const errorOf = async ({ codes, weights }: Finding): Promise<number> => {
      const rounded = dequantizeTensor(decodeCodes(name, codes![name]!, rescaled.shape, weights[name]!), weights[name]!);
      const probe = await search.runtime.probe({ ...sample, right: unscaled(rounded, operand) });
      return (await probe.error({ ...(operand && { left: operand }) })).layer;
    };
    expect(await errorOf(seen), name).toBeLessThan(0.8 * (await errorOf(unseen)));
  }
  await search.runtime.dispose();
});

/** A probe rescales the weight itself. */
function unscaled(weight: Tensor, operand: OperandPlan | undefined): Tensor {
  const [depth, columns] = weight.shape as [number, number];
  const diagonal = Float32Array.from({ length: depth * depth }, (_, index) =>
    index % (depth + 1) === 0 ? 1 / (operand?.rescaling?.scale[index / (depth + 1)] ?? 1) : 0,
  );
  const product = multiply({ dtype: "float32", shape: [1, depth, depth], data: diagonal }, { ...weight, shape: [1, depth, columns] });
  return { dtype: "float32", shape: [1, depth, columns], data: Float32Array.from(product) };
}
