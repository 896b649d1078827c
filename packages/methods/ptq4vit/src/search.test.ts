import { type AffineEncoding, type Json, type Layer, type PlanContext, type ProbeCandidate, QuantError, startingPlan, type TwinEncoding } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { attention, besides, feedsOf, mlp, repeated } from "./fixtures/models.ts";
import { planOf, readAs, watched, withContext } from "./fixtures/planning.ts";
import { type Ptq4VitOptions, ptq4vit } from "./index.ts";
import { operandCandidates } from "./operand-candidates.ts";
import { settingsOf } from "./options.ts";
import { weightStart } from "./weight-start.ts";

/** What a layer reads. */
type SidesOf = (layer: Layer) => ProbeCandidate;

/** As the method decides. */
async function found(context: PlanContext, options: Ptq4VitOptions): Promise<SidesOf> {
  const made = await ptq4vit(options).plan(context);
  return ({ operands, weight }) => {
    const [left, right] = operands.map((tensor) => readAs(made, tensor)!);
    return { left: { encoding: left! }, right: weight ? made.encodings[weight]! : right! };
  };
}

/** Before anything is searched. */
function started(context: PlanContext, options: Ptq4VitOptions): SidesOf {
  const settings = settingsOf(options);
  const candidates = operandCandidates(context, settings);
  return (layer) => {
    const [left, right] = layer.operands.map((tensor) => candidates(tensor).plans[0]!);
    return { left: left!, right: layer.weight ? weightStart(context, layer, settings).encoding : right!.encoding };
  };
}

/** The other side in float. */
const leftOf =
  (sides: SidesOf): SidesOf =>
  (layer) => ({ left: sides(layer).left! });

function weighted({ graph, placement, statistics }: PlanContext) {
  return { importance: { quantized: startingPlan(graph, placement, statistics) } };
}

/** The error of each layer for each answer, by node. */
async function errorsOf(context: PlanContext, answers: readonly SidesOf[]): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const samples = await context.runtime.sample(context.runtime.layers, weighted(context));
  const all = new Map<string, readonly [number, number]>();
  for (const sample of samples) {
    const probe = await context.runtime.probe(sample);
    const errors: number[] = [];
    for (const sidesOf of answers) errors.push((await probe.error(sidesOf(sample.layer))).layer);
    all.set(sample.layer.node, errors as [number, number]);
    await probe.dispose();
  }
  return all;
}

describe("the search", () => {
  it.each([
    ["an MLP", mlp],
    ["attention", attention],
  ])("leaves no layer of %s worse than it began", async (_, model) => {
    await withContext(model(), feedsOf(), async (context) => {
      const errors = [...(await errorsOf(context, [started(context, {}), await found(context, {})])).values()];
      expect(errors.length).toBeGreaterThan(1);
      for (const [before, behind] of errors) expect(behind).toBeLessThanOrEqual(before);
      expect(errors.some(([before, behind]) => behind < 0.8 * before)).toBe(true);
    });
  });

  it.each([
    ["behind GELU", mlp, "fc2", { activation: false }],
    ["behind Softmax", attention, "mix", { softmax: false }],
  ])("finds twins %s with less than 0.6 of the error of one grid, at 6 bits", async (_, model, node, twin) => {
    await withContext(model(), feedsOf(), async (context) => {
      const errors = await errorsOf(context, [leftOf(await found(context, { twin })), leftOf(await found(context, {}))]);
      const [single, double] = errors.get(node)!;
      expect(double).toBeLessThan(0.6 * single);
    });
  });

  it("leaves the other operand of scores in float only where the released code is asked for", async () => {
    const tried = async (options: Ptq4VitOptions): Promise<readonly ProbeCandidate[]> =>
      withContext(attention(), feedsOf(), async (context) => {
        const candidates: ProbeCandidate[] = [];
        const record = watched(context, (candidate) => candidates.push(candidate));
        await ptq4vit({ candidates: 2, metric: "squared-error", ...options }).plan(record);
        return candidates.filter(({ left }) => left?.encoding.kind === "twin");
      });
    const [paper, released] = [await tried({}), await tried({ compat: "released-code" })];
    const alone = released.filter(({ right }) => right === undefined);
    expect(paper.every(({ right }) => right !== undefined)).toBe(true);
    expect(new Set(alone.map(({ left }) => (left!.encoding as TwinEncoding).threshold)).size).toBe(20);
  });
});

describe("the weights of errors", () => {
  it("are there when gradients are those of the quantized network, and not when they are those of the float one", async () => {
    await withContext(attention(), feedsOf(), async (context) => {
      const { runtime } = context;
      for (const { importance } of await runtime.sample(runtime.layers, weighted(context))) {
        const values = importance!.data as Float32Array;
        expect(values.filter((value) => value > 0).length).toBeGreaterThan(values.length / 2);
      }
      for (const { importance } of await runtime.sample(runtime.layers, { importance: { quantized: {} } })) expect(importance).toBeUndefined();
    });
  });

  it("make a difference", async () => {
    const alike = await planOf(attention(), feedsOf(), { method: ptq4vit({ metric: "squared-error" }) });
    expect((await planOf(attention(), feedsOf())).encodings).not.toEqual(alike.encodings);
  });

  it("are done without in layers that the loss does not depend on, and the plan says which", async () => {
    const made = await planOf(besides(), feedsOf());
    expect(made.notes).toContainEqual(expect.stringMatching(/loss does not depend on beside:/));
  });

  it("are done without where an operator has no gradient, and the plan says so", async () => {
    const model = attention((b, y) => b.op("CumSum", [y, b.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(1n) })], {}, "running_sum"));
    const made = await planOf(model, feedsOf());
    expect(made.notes).toContainEqual(expect.stringMatching(/not weighted.*running_sum \(CumSum\)/));
    expect(made.encodings).toEqual((await planOf(model, feedsOf(), { method: ptq4vit({ metric: "squared-error" }) })).encodings);
  });
});

describe("steps of the search", () => {
  it("find the same where few layers fit into memory together", async () => {
    const options = { method: ptq4vit({ candidates: 4 }) };
    expect(await planOf(attention(), feedsOf(), { ...options, search: { maxMemoryMB: 0.01 } })).toEqual(await planOf(attention(), feedsOf(), options));
  });

  it("decide a weight that two layers read with the first of them", async () => {
    const options = { method: ptq4vit({ candidates: 4, metric: "squared-error" }) };
    const [once, again] = [await planOf(repeated(1), feedsOf(), options), await planOf(repeated(2), feedsOf(), options)];
    expect(again.encodings["w"]).toEqual(once.encodings["w"]);
  });
});

describe("scales of weights", () => {
  const scalesOf = async (options: Ptq4VitOptions, tensor: string): Promise<readonly number[]> =>
    ((await planOf(attention(), feedsOf(), { method: ptq4vit({ metric: "squared-error", ...options }) })).encodings[tensor] as AffineEncoding).scale;

  it("are those that were configured", async () => {
    expect(new Set(await scalesOf({}, "qkv_w")).size).toBeGreaterThan(24);
  });

  it("are three for query, key and value in one layer, and one elsewhere, as in the paper", async () => {
    const scale = await scalesOf({ weightGranularity: "paper" }, "qkv_w");
    expect(scale).toHaveLength(48);
    for (let block = 0; block < 3; block++) expect(new Set(scale.slice(16 * block, 16 * block + 16)).size).toBe(1);
    expect(new Set(scale).size).toBe(3);
    expect(new Set(await scalesOf({ weightGranularity: "paper" }, "out_w")).size).toBe(1);
  });
});

describe("an interrupted run", () => {
  it("does not search again what it has found with the same options", async () => {
    const steps = new Map<string, string>();
    const checkpoint = {
      get: async (key: string): Promise<Json | undefined> => (steps.has(key) ? JSON.parse(steps.get(key)!) : undefined),
      set: async (key: string, value: Json): Promise<void> => void steps.set(key, JSON.stringify(value)),
    };
    const options = { method: ptq4vit({ candidates: 4 }), search: { checkpoint } };
    const made = await planOf(attention(), feedsOf(), options);
    expect(steps.size).toBe(4);
    await planOf(attention(), feedsOf(), { ...options, method: ptq4vit({ candidates: 5 }) });
    expect(steps.size).toBe(8);
    const idle = (context: PlanContext): PlanContext => ({
      ...context,
      runtime: { ...context.runtime, sample: () => Promise.reject(new QuantError("internal", "sampled again")) },
    });
    const again = { ...options.method, plan: (context: PlanContext) => options.method.plan(idle(context)) };
    expect(await planOf(attention(), feedsOf(), { ...options, method: again })).toEqual(made);
  });

  it("stops at the next probe", async () => {
    await withContext(mlp(), feedsOf(), async (context) => {
      const controller = new AbortController();
      let probes = 0;
      const record = watched(context, () => {
        if (++probes === 7) controller.abort();
      });
      const failure: unknown = await ptq4vit()
        .plan({ ...record, signal: controller.signal })
        .catch((error: unknown) => error);
      expect(QuantError.is(failure, "aborted")).toBe(true);
      expect(probes).toBe(7);
    });
  });
});
