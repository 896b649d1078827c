import {
  type CalibrationSource,
  type Checkpoint,
  int,
  ints,
  type Json,
  type ModelFiles,
  type QuantConfigInput,
  quantize,
  seededRandom,
  type Tensors,
  writeModel,
} from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { nodeBackend, nodeCpuVnni } from "@halftone/node";
import { expect, test } from "vitest";
import { type QHyVitOptions, qHyVit } from "./index.ts";

const [size, channels, heads] = [6, 16, 2];

/** A convolution, one that aligns channels, tokens, LayerNorm and an attention: one bridge block. */
function hybrid(): ModelFiles {
  const model = buildModel({ inputs: { x: [1, 4, size, size] } }, (b, { x }) => {
    const stem = b.op("Relu", [b.op("Conv", [x, b.random([8, 4, 3, 3], "stem_w"), b.random([8])], { pads: ints([1, 1, 1, 1]) }, "stem")]);
    const align = b.op("Conv", [stem, b.random([channels, 8, 1, 1], "align_w")], {}, "align");
    const shape = b.int64([1, channels, size * size]);
    const tokens = b.op("Transpose", [b.op("Reshape", [align, shape])], { perm: ints([0, 2, 1]) }, "tokens");
    const norm = b.op("LayerNormalization", [tokens, b.random([channels], "gamma"), b.random([channels])], {}, "norm");
    const split = b.int64([1, size * size, heads, channels / heads]);
    const project = (name: string, perm: readonly number[]) =>
      b.op("Transpose", [b.op("Reshape", [b.op("MatMul", [norm, b.random([channels, channels], `${name}_w`)], {}, name), split])], { perm: ints(perm) });
    const scores = b.op("Softmax", [b.op("MatMul", [project("query", [0, 2, 1, 3]), project("key", [0, 2, 3, 1])], {}, "logits")], { axis: int(-1) });
    const mixed = b.op("MatMul", [scores, project("value", [0, 2, 1, 3])], {}, "mix");
    const merged = b.op("Reshape", [b.op("Transpose", [mixed], { perm: ints([0, 2, 1, 3]) }), b.int64([1, -1])]);
    return { y: b.op("MatMul", [merged, b.random([size * size * channels, 5], "head_w")], {}, "head") };
  });
  return writeModel(model);
}

function source(count: number, seed: number): CalibrationSource {
  const random = seededRandom(seed);
  const feeds: readonly Tensors[] = Array.from({ length: count }, () => ({
    x: { dtype: "float32", shape: [1, 4, size, size], data: Float32Array.from({ length: 4 * size * size }, () => random() * 2 - 0.5) },
  }));
  return {
    id: `noise-${seed}`,
    batches: count,
    async *[Symbol.asyncIterator]() {
      yield* feeds;
    },
  };
}

const narrow: QuantConfigInput = { weights: { bits: 4 }, activations: { bits: 4 } };

async function run(options: QHyVitOptions, extra: { readonly checkpoint?: Checkpoint; readonly config?: QuantConfigInput } = {}) {
  const { checkpoint, config = narrow } = extra;
  return quantize({
    model: hybrid(),
    source: source(16, 1),
    verification: source(16, 2),
    method: qHyVit(options),
    backend: nodeBackend(),
    target: nodeCpuVnni(),
    config,
    ...(checkpoint && { search: { checkpoint } }),
  });
}

const sqnr = async (options: QHyVitOptions): Promise<number> => Object.values((await run(options)).report.outputs)[0]!.sqnrDb;

test("a search keeps more of a 4-bit network than its starting grids do", async () => {
  const unsearched = await sqnr({
    rounds: 1,
    candidates: 2,
    smallestFactor: 0.999,
    largestFactor: 1,
    search: { granularity: false, scheme: false },
    weightRounding: "nearest",
  });
  expect(await sqnr({})).toBeGreaterThan(unsearched + 1);
});

test("a killed search goes on: finished layers are recalled, and the plan is the same", async () => {
  const kept = new Map<string, Json>();
  let lookups = 0;
  const checkpoint: Checkpoint = {
    get: async (key) => {
      lookups++;
      return kept.get(key);
    },
    set: async (key, value) => {
      kept.set(key, JSON.parse(JSON.stringify(value)) as Json);
    },
  };
  const first = await run({}, { checkpoint });
  const steps = [...kept.keys()];
  expect(steps.length).toBeGreaterThan(5);
  for (const key of steps.slice(-2)) kept.delete(key);
  lookups = 0;
  const again = await run({}, { checkpoint });
  expect(lookups).toBe(steps.length);
  expect([...kept.keys()].sort()).toEqual([...steps].sort());
  expect(again.plan).toEqual(first.plan);
});

test("projections of a bridge block see its convolution quantized, other layers do not", async () => {
  const { plan } = await run({ weightRounding: "nearest" });
  const apart = await quantize({
    model: hybrid(),
    source: source(16, 1),
    method: qHyVit({ weightRounding: "nearest" }),
    backend: nodeBackend(),
    target: nodeCpuVnni(),
    config: narrow,
    bridges: [],
  });
  expect(apart.plan.encodings["stem_w"]).toEqual(plan.encodings["stem_w"]);
  expect(apart.plan.encodings["align_w"]).toEqual(plan.encodings["align_w"]);
  expect(["query_w", "key_w", "value_w"].map((name) => apart.plan.encodings[name])).not.toEqual(
    ["query_w", "key_w", "value_w"].map((name) => plan.encodings[name]),
  );
});

test("rounding with compensation writes codes, nearest rounding none", async () => {
  expect(Object.keys((await run({})).plan.codes ?? {})).not.toHaveLength(0);
  expect((await run({ weightRounding: "nearest" })).plan.codes).toBeUndefined();
});

test("everything on a grid: norms and scores are emulated, products stay integer", async () => {
  const { plan, report } = await run({}, { config: { scope: "full" } });
  expect(plan.nodes["norm"]).toMatchObject({ mode: "emulated" });
  expect(plan.nodes["head"]).toEqual({ mode: "integer" });
  expect(Object.values(report.outputs)[0]!.sqnrDb).toBeGreaterThan(20);
});
