import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { checkGraph, cloneModel, type Model, type Value } from "../../ir/index.ts";
import { assetModels, ocrModels, type RealModel, strokes } from "../../normalize/fixtures/real-models.ts";
import { normalize } from "../../normalize/index.ts";
import { seededRandom } from "../../numerics/index.ts";
import { readModel, writeModel } from "../../onnx/index.ts";
import type { Session, SessionOptions, Tensor, Tensors } from "../../spec/index.ts";
import { buildGradientModel, gradientNameOf, lossTensorOf, targetName } from "./index.ts";

/** Detection has no class scores; its loss is the squared error of a map. */
const models = [...ocrModels(), ...assetModels()];
const backend = nodeBackend();

describe("gradients of real models", () => {
  // Needs HALFTONE_ASSETS for more than the models that npm brings.
  it.each(models)("$name agrees with differences at inner tensors", async (real) => {
    const model = await normalized(real);
    const loss = lossTensorOf(model.graph);
    const wrt = everyFewOf(productsBefore(model, loss.tensor), 6);
    const gradientModel = buildGradientModel(model, { loss, wrt });
    checkGraph(gradientModel.graph);
    const feeds = strokes(model);
    const [forward, backward] = [await open(withPerturbations(model, wrt, loss.tensor)), await open(gradientModel, "all")];
    const { unperturbed, shapes } = await zeroPerturbations(model, wrt, feeds);
    const run = async (at: Tensors): Promise<Float32Array> =>
      (await forward.run({ ...feeds, ...unperturbed, ...at }))[forward.outputs[0]!]!.data as Float32Array;
    const logits = await run({});
    const target: Tensor = { dtype: "float32", shape: shapes[loss.tensor]!, data: logits.map((value, index) => value * 0.7 + 0.3 * Math.sin(index)) };
    const gradients = await backward.run({ ...feeds, [targetName]: target });
    const seed = seedOf(loss, shapes[loss.tensor]!, logits, target.data as Float32Array);
    for (const name of wrt) {
      const gradient = gradients[gradientNameOf(name)]!;
      expect(gradient.shape).toEqual(shapes[name]);
      await expectSlope(name, gradient.data as Float32Array, async (direction, step) => {
        const ends = [1, -1].map((sign) => run({ [`${name}_change`]: { ...gradient, data: direction.map((value) => sign * step * value) } }));
        const [ahead, back] = [await ends[0]!, await ends[1]!];
        return seed.reduce((sum, weight, index) => sum + (weight * (ahead[index]! - back[index]!)) / (2 * step), 0);
      });
    }
    await Promise.all([forward.dispose(), backward.dispose()]);
  });
});

async function normalized(real: RealModel): Promise<Model> {
  const model = readModel(real.files());
  await normalize(model, { backend, feeds: strokes(model) });
  return model;
}

const open = (model: Model, optimization: SessionOptions["optimization"] = "disabled"): Promise<Session> => backend.open(writeModel(model), { optimization });

/** Outputs of the products the loss depends on. */
function productsBefore(model: Model, tensor: string): readonly string[] {
  const before = new Set<Value>([model.graph.value(tensor)!]);
  for (const node of [...model.graph.nodes].reverse()) {
    if (node.outputs.some((output) => output && before.has(output))) for (const input of node.inputs) if (input) before.add(input);
  }
  const products = model.graph.nodes.filter((node) => ["Conv", "MatMul", "Gemm"].includes(node.op));
  return products.flatMap((node) => (before.has(node.outputs[0]!) ? [node.outputs[0]!.name] : []));
}

const everyFewOf = (names: readonly string[], count: number): readonly string[] =>
  names.filter((_, index) => index === names.length - 1 || index % Math.ceil(names.length / count) === 0);

/** `${name}_change` is added to each tensor. */
function withPerturbations(model: Model, names: readonly string[], output: string): Model {
  const perturbed = cloneModel(model);
  const { graph } = perturbed;
  graph.setOutput(0, graph.value(output)!);
  for (const name of names) {
    const value = graph.value(name)!;
    const uses = [...value.consumers];
    const change = graph.addInput(`${name}_change`, "float32", value.shape);
    const sum = graph.addNode("Add", [value, change]).outputs[0]!;
    for (const use of uses) use.node.setInput(use.input, sum);
    if (name === output) graph.setOutput(0, sum);
  }
  return perturbed;
}

async function zeroPerturbations(model: Model, names: readonly string[], feeds: Tensors) {
  const observed = cloneModel(model);
  const wanted = [...new Set([...names, lossTensorOf(model.graph).tensor])];
  for (const name of wanted) if (!observed.graph.value(name)!.isOutput) observed.graph.addOutput(observed.graph.value(name)!);
  const session = await open(observed);
  const tensors = await session.run(feeds, { fetch: wanted });
  await session.dispose();
  const shapes = Object.fromEntries(wanted.map((name) => [name, tensors[name]!.shape]));
  const unperturbed = Object.fromEntries(names.map((name) => [`${name}_change`, { ...tensors[name]!, data: new Float32Array(tensors[name]!.data.length) }]));
  return { shapes, unperturbed };
}

function seedOf(loss: ReturnType<typeof lossTensorOf>, shape: readonly number[], logits: Float32Array, target: Float32Array): Float64Array {
  const width = loss.kind === "kl" ? shape.at(loss.axis)! : 1;
  if (loss.kind !== "kl") return Float64Array.from(logits, (value, index) => value - target[index]!);
  const [left, right] = [logits, target].map((values) => softmaxOf(values, width));
  return left!.map((value, index) => value - right![index]!);
}

/** Along the last axis. */
function softmaxOf(values: Float32Array, width: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const most = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
    row.forEach((value, index) => {
      result[start + index] = Math.exp(value - most) / sum;
    });
  }
  return result;
}

/**
 * Along its own direction a gradient g has slope |g|: any part that is wrong makes the slope smaller. Networks have kinks, and float32 rounds: of a few steps
 * the best one must agree.
 */
async function expectSlope(name: string, gradient: Float32Array, slopeAlong: (direction: Float32Array, step: number) => Promise<number>): Promise<void> {
  const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  expect(length, name).toBeGreaterThan(0);
  const random = seededRandom(5);
  const noise = gradient.map(() => ((random() < 0.5 ? -1 : 1) * length) / Math.sqrt(gradient.length));
  const direction = gradient.map((value, index) => (value + noise[index]!) / length);
  const expected = gradient.reduce((sum, value, index) => sum + value * direction[index]!, 0);
  const slopes = [];
  for (const step of [0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001]) slopes.push(await slopeAlong(direction, step));
  const errors = slopes.map((slope) => Math.abs(slope / expected - 1));
  expect(Math.min(...errors), `${name}: slopes ${slopes} instead of ${expected}`).toBeLessThan(0.02);
}
