import {
  type Backend,
  type CalibrationSource,
  type Candidate,
  evaluate,
  int,
  ints,
  type Proposal,
  QuantError,
  quantize,
  seededRandom,
  sensitivity,
  type Tensor,
  type Tensors,
  topK,
  writeModel,
} from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { type Calibration, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { describe, expect, test } from "vitest";
import { tune } from "../driver/tune.ts";
import { meanDivergence } from "../objective/fixtures/mean-divergence.ts";
import { recipeOf } from "../recipe/recipe.ts";
import { enumerate } from "../space/enumerate.ts";
import { quantune96 } from "../space/presets.ts";
import { memoryStore } from "../store/memory-store.ts";
import { strategyByName } from "../strategies/by-name.ts";
import { type PipelineExecutorOptions, pipelineExecutor } from "./pipeline-executor.ts";

const target = await nodeTarget();
const pads = { pads: ints([1, 1, 1, 1]) };

/** A small classifier with a depthwise layer and a residual. */
const model = writeModel(
  buildModel({ inputs: { image: [1, 3, 12, 12] } }, (b, { image }) => {
    const stem = b.op("Relu", [b.op("Conv", [image, b.random([8, 3, 3, 3])], pads, "stem")]);
    const depthwise = b.op("Conv", [stem, b.random([8, 1, 3, 3])], { ...pads, group: int(8) }, "depthwise");
    const sum = b.op("Add", [stem, b.op("Conv", [depthwise, b.random([8, 8, 1, 1])], {}, "pointwise")]);
    return { scores: b.op("Gemm", [b.op("Flatten", [b.op("GlobalAveragePool", [sum])]), b.random([8, 10])], {}, "head") };
  }),
);

function source(id: string, count: number, seed: number): CalibrationSource {
  return {
    id: `${id} ${count}`,
    batches: count,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(seed);
      for (let index = 0; index < count; index++) {
        const image: Tensors[string] = { dtype: "float32", shape: [1, 3, 12, 12], data: Float32Array.from({ length: 432 }, () => random() * 2 - 1) };
        yield { image };
      }
    },
  };
}

const calibration = (images: number): CalibrationSource => source("calibration", images, 1);
const evaluation = source("evaluation", 40, 2);
const space = quantune96({ images: [1, 4] });
const options: PipelineExecutorOptions = {
  model,
  backend: nodeBackend(),
  target,
  calibration,
  evaluation,
  method: (_, { calibration: kind }) => minMax({ calibration: kind as Calibration }),
};
const signal = new AbortController().signal;
const whole = (candidate: Proposal["candidate"]): Proposal => ({ candidate, effort: 1 });

test("knows the model: its layers, its ends, and that it agrees with itself", async () => {
  const { workload } = await pipelineExecutor(options);
  expect(workload.features).toMatchObject({ convolutions: 3, depthwise: 1, pointwise: 1, products: 1, residuals: 1, activations: 1 });
  expect(workload.features["parameters"]).toBe(8 * 27 + 8 * 9 + 64 + 80);
  expect(workload.reference).toBe(1);
  const other = await pipelineExecutor({ ...options, evaluation: source("evaluation", 39, 2) });
  expect(other.workload.id).not.toBe(workload.id);
});

test("a trial is what quantize and verification say of the same configuration", async () => {
  const executor = await pipelineExecutor(options);
  const candidates = enumerate(space).filter((_, index) => index % 19 === 0);
  for (const candidate of candidates) {
    const recipe = recipeOf(candidate, { target, ends: ["stem", "head"] });
    const method = minMax({ calibration: recipe.methodOptions["calibration"] as Calibration });
    const { report } = await quantize({ ...options, method, config: recipe.config, source: calibration(recipe.images), verification: evaluation });
    const outcome = await executor.execute(whole(candidate), signal);
    expect(outcome).toMatchObject({ status: "done", score: report.agreement!.top1, metrics: { bytes: report.bytes.after } });
    const isMixed = candidate["precision"] === "mixed";
    expect(report.nodes.decisions["stem"]!.mode === "float").toBe(isMixed);
    expect(report.nodes.decisions["head"]!.mode === "float").toBe(isMixed);
    expect(report.nodes.decisions["pointwise"]!.mode).toBe("integer");
  }
});

test("the most sensitive layers stay in float, as many as the candidate says, on top of the ends", async () => {
  const executor = await pipelineExecutor(options);
  const rows = await sensitivity({ ...options, method: minMax({ calibration: "max" }), source: calibration(16), samples: 4 });
  const layers = rows.filter(({ op }) => op === "Conv" || op === "Gemm");
  const ranked = [...layers].sort((one, other) => one.isolated.sqnrDb - other.isolated.sqnrDb).map(({ node }) => node);
  expect(ranked).toHaveLength(4);
  const floats = async (candidate: Candidate) => {
    const { plan } = await executor.build({ clipping: "max", images: 4, ...candidate }, signal);
    return ["stem", "depthwise", "pointwise", "head"].filter((name) => plan.nodes[name]?.mode === "float");
  };
  expect(await floats({ sensitive: 0 })).toEqual([]);
  for (const sensitive of [1, 2, 3]) expect(new Set(await floats({ sensitive }))).toEqual(new Set(ranked.slice(0, sensitive)));
  expect(new Set(await floats({ sensitive: 1, precision: "mixed" }))).toEqual(new Set(["stem", "head", ranked[0]]));
  expect(await executor.execute(whole({ sensitive: -1 }), signal)).toMatchObject({ status: "failed", code: "invalid-config" });
});

test("candidates of a space that look at the same samples share one pass over them, and end as they would alone", async () => {
  let passes = 0;
  const counted = (images: number): CalibrationSource => {
    const { id, batches, ...samples } = calibration(images);
    return {
      id,
      batches: batches!,
      [Symbol.asyncIterator]: () => {
        passes++;
        return samples[Symbol.asyncIterator]();
      },
    };
  };
  const candidates = enumerate(space).filter(({ images, scheme }) => images === 4 && scheme === "symmetric");
  const passesOf = async (part: Partial<PipelineExecutorOptions>) => {
    const executor = await pipelineExecutor({ ...options, calibration: counted, ...part });
    passes = 0;
    const outcomes = [];
    for (const candidate of candidates) outcomes.push(await executor.execute(whole(candidate), signal));
    return { passes, scores: outcomes.map((outcome) => (outcome.status === "done" ? outcome.score : outcome.message)) };
  };
  const [together, alone] = [await passesOf({ space }), await passesOf({})];
  expect(candidates).toHaveLength(8);
  expect(together.scores).toEqual(alone.scores);
  expect(together.passes).toBeLessThan(alone.passes);
});

test("with labels the score is the user's metric, on as many samples as the effort says", async () => {
  const labels = Array.from({ length: 40 }, (_, index) => index % 10);
  const metrics = [topK(3, labels)];
  const executor = await pipelineExecutor({ ...options, metrics });
  const [candidate] = enumerate(space);
  expect(executor.workload.reference).toBe((await evaluate({ model, backend: nodeBackend(), source: evaluation, metrics })).metrics["top3"]);
  const outcome = await executor.execute({ candidate: candidate!, effort: 1 / 8 }, signal);
  if (outcome.status !== "done") expect.fail(outcome.message);
  expect(outcome.score * 5).toBeCloseTo(Math.floor(outcome.score * 5 + 0.5), 9);
});

test("without labels the score can be the divergence from the float model: minus what both models' answers say, the larger the better", async () => {
  const executor = await pipelineExecutor({ ...options, score: "kl" });
  const { id, reference, unit } = executor.workload;
  expect([reference, unit]).toEqual([0, "nats"]);
  expect(id).not.toBe((await pipelineExecutor(options)).workload.id);
  for (const candidate of enumerate(space).filter((_, index) => index % 23 === 0)) {
    const quantized = await executor.build(candidate, signal);
    const expected = -meanDivergence(await answersOf(model), await answersOf(quantized.model), 1);
    const outcome = await executor.execute(whole(candidate), signal);
    if (outcome.status !== "done") expect.fail(outcome.message);
    expect(outcome.score / expected).toBeCloseTo(1, 6);
    expect(outcome.score).toBeLessThan(0);
  }

  async function answersOf(files: PipelineExecutorOptions["model"]): Promise<readonly Tensor[]> {
    const session = await nodeBackend().open(files, { spinning: false });
    const answers: Tensor[] = [];
    for await (const feeds of evaluation) answers.push(structuredClone((await session.run(feeds))["scores"]!));
    await session.dispose();
    return answers;
  }
});

test("a score that is no number is a failed trial: a journal could not hold it", async () => {
  const metrics = [{ name: "odd", create: () => ({ update: () => undefined, result: () => Number.NaN }) }];
  const executor = await pipelineExecutor({ ...options, metrics });
  expect(await executor.execute(whole(enumerate(space)[0]!), signal)).toMatchObject({ status: "failed", message: expect.stringContaining("odd is NaN") });
});

describe("what goes wrong", () => {
  test("with the candidate is an outcome", async () => {
    const executor = await pipelineExecutor({ ...options, backend: refusing("backend-failed") });
    expect(await executor.execute(whole(enumerate(space)[0]!), signal)).toEqual({ status: "failed", code: "backend-failed", message: "refused" });
    const strange = { ...enumerate(space)[0]!, scheme: "sideways" };
    expect(await (await pipelineExecutor(options)).execute(whole(strange), signal)).toMatchObject({ status: "failed", code: "invalid-config" });
  });

  test("with anything else ends the search", async () => {
    const executor = await pipelineExecutor({ ...options, backend: refusing("backend-unavailable") });
    await expect(executor.execute(whole(enumerate(space)[0]!), signal)).rejects.toMatchObject({ code: "backend-unavailable" });
    await expect((await pipelineExecutor(options)).execute(whole(enumerate(space)[0]!), AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
  });

  /** Accepts float models only. */
  function refusing(code: "backend-failed" | "backend-unavailable"): Backend {
    const inner = nodeBackend();
    const isQuantized = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("DequantizeLinear");
    return { ...inner, open: async (files, how) => (isQuantized(files.model) ? Promise.reject(new QuantError(code, "refused")) : inner.open(files, how)) };
  }
});

test("a search over the real pipeline ends with the best of what it measured, the same every time", async () => {
  const executor = await pipelineExecutor(options);
  const search = () =>
    tune({ workload: executor.workload, space, strategy: strategyByName("boosted-trees"), executor, store: memoryStore(), trials: 8, seed: 1 });
  const [first, second] = [await search(), await search()];
  const scores = first.trials.map(({ outcome }) => (outcome.status === "done" ? outcome.score : Number.NaN));
  expect(first.best?.outcome).toMatchObject({ score: Math.max(...scores) });
  expect(second.trials.map(({ candidate }) => candidate)).toEqual(first.trials.map(({ candidate }) => candidate));
});
