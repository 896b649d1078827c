import {
  type AffineEncoding,
  type Layer,
  type LayerSample,
  type PlanContext,
  type ProbeCandidate,
  type SampleOptions,
  startingPlan,
  type WeightSite,
} from "@halftone/core";
import { describe, expect, it } from "vitest";
import { attention, feedsOf, imageShape, perceptron, residual, tokenShape } from "./fixtures/models.ts";
import { memoryCheckpoint, planOf, withContext } from "./fixtures/planning.ts";
import { type EasyQuantOptions, easyQuant } from "./index.ts";
import { operandStart } from "./operand-start.ts";
import { settingsOf } from "./options.ts";
import { weightStart } from "./weight-start.ts";

type Sides = ProbeCandidate & { readonly left: { readonly encoding: AffineEncoding }; readonly right: AffineEncoding };
type SidesOf = (sample: LayerSample) => Sides;

const images = feedsOf(imageShape);
const tokens = feedsOf(tokenShape);

const networks = [
  ["a perceptron", perceptron, tokens],
  ["attention", attention, tokens],
  ["a residual network", residual, images],
] as const;

/** What the layers of a plan are read with. */
async function found(context: PlanContext, options: EasyQuantOptions): Promise<SidesOf> {
  const made = await easyQuant(options).plan(context);
  const operandOf = (tensor: string) => (made.operands?.[tensor]?.encoding ?? made.encodings[tensor]) as AffineEncoding;
  return ({ layer: { operands, weight } }) => ({
    left: { encoding: operandOf(operands[0]!) },
    right: weight ? made.encodings[weight]! : operandOf(operands[1]!),
  });
}

function started(context: PlanContext, options: EasyQuantOptions): SidesOf {
  const settings = settingsOf(options);
  const start = startingPlan(context.graph, context.placement, context.statistics);
  const operandOf = (tensor: string) => operandStart(context, tensor, settings).encoding;
  return ({ layer }) => ({
    left: { encoding: operandOf(layer.operands[0]!) },
    right: layer.weight ? weightStart(context, layer, start, settings).encoding : operandOf(layer.operands[1]!),
  });
}

/** 1 - cosine of every layer that sees the float network, by name. */
async function errorsOf({ runtime }: PlanContext, sidesOf: SidesOf): Promise<Readonly<Record<string, number>>> {
  const errors: Record<string, number> = {};
  for (const sample of await runtime.sample(runtime.layers)) {
    const probe = await runtime.probe(sample, "cosine");
    errors[sample.layer.node] = (await probe.error(sidesOf(sample))).layer;
    await probe.dispose();
  }
  return errors;
}

function sumOf(errors: Readonly<Record<string, number>>): number {
  return Object.values(errors).reduce((sum, error) => sum + error, 0);
}

/** The context with what is sampled and tried written down. */
function spied(context: PlanContext) {
  const sampled: { readonly samples: readonly LayerSample[]; readonly options: SampleOptions | undefined }[] = [];
  const tried: { readonly node: string; readonly sides: ProbeCandidate }[] = [];
  const runtime: PlanContext["runtime"] = {
    ...context.runtime,
    sample: async (layers, options) => {
      const samples = await context.runtime.sample(layers, options);
      // The choice of where to start looks at the last layers, and does not say how many rows.
      if (options?.positions !== undefined) sampled.push({ samples, options });
      return samples;
    },
    probe: async (sample, metric) => {
      const probe = await context.runtime.probe(sample, metric);
      return {
        ...probe,
        error: (sides) => {
          tried.push({ node: sample.layer.node, sides });
          return probe.error(sides);
        },
      };
    },
  };
  return { context: { ...context, runtime }, sampled, tried };
}

describe("the search", () => {
  // Layers are compared on what they were searched on: the float network.
  it.each(networks)("leaves no layer of %s worse than it began", async (_, model, feeds) => {
    await withContext(model(), feeds, async (context) => {
      const before = await errorsOf(context, started(context, {}));
      const after = await errorsOf(context, await found(context, { calibration: "parallel" }));
      expect(Object.keys(after).length).toBeGreaterThan(2);
      const groups = [["query", "key", "value"], ...Object.keys(after).map((node) => [node])];
      for (const group of groups.filter((nodes) => nodes.every((node) => node in after))) {
        // Layers that read one tensor are searched together: one may lose for the others' sake.
        if (group.length === 1 && groups[0]!.includes(group[0]!)) continue;
        const sum = (errors: Readonly<Record<string, number>>): number => group.reduce((total, node) => total + errors[node]!, 0);
        expect(sum(after), group.join()).toBeLessThanOrEqual(sum(before));
      }
      expect(sumOf(after)).toBeLessThan(sumOf(before));
    });
  });

  it("improves with more rounds, or keeps", async () => {
    await withContext(perceptron(), tokens, async (context) => {
      const errors: Readonly<Record<string, number>>[] = [];
      for (const rounds of [1, 2, 4]) errors.push(await errorsOf(context, await found(context, { calibration: "parallel", rounds, tolerance: 0 })));
      for (const node of Object.keys(errors[0]!)) {
        expect(errors[1]![node], node).toBeLessThanOrEqual(errors[0]![node]!);
        expect(errors[2]![node], node).toBeLessThanOrEqual(errors[1]![node]!);
      }
      expect(sumOf(errors[2]!)).toBeLessThan(sumOf(errors[0]!));
    });
  });

  it("tries scales whose reciprocals are equally spaced around the start's", async () => {
    await withContext(perceptron(), tokens, async (given) => {
      const { context, tried } = spied(given);
      await easyQuant({ candidates: 4, rounds: 1 }).plan(context);
      const start = operandStart(context, "x", settingsOf({})).encoding;
      const ratios = tried.filter(({ node }) => node === "first").map(({ sides }) => start.scale[0]! / (sides.left!.encoding as AffineEncoding).scale[0]!);
      const distinct = [...new Set(ratios.map((ratio) => Number(ratio.toFixed(5))))].sort((left, right) => left - right);
      expect(distinct).toEqual([0.5, 1, 1.5, 2]);
    });
  });

  it("is not misled by a channel that is always zero", async () => {
    await withContext(residual(), images, async (context) => {
      const [after, before] = [await found(context, {}), started(context, {})];
      const sample = (await context.runtime.sample(context.runtime.layers)).find(({ layer }) => layer.node === "first")!;
      const [dead, ...live] = after(sample).right.scale.map((scale, channel) => scale / before(sample).right.scale[channel]!);
      // Any of the candidates is as good as another.
      expect(dead).toBeGreaterThanOrEqual(0.5);
      expect(dead).toBeLessThanOrEqual(2);
      expect(new Set(live).size).toBeGreaterThan(1);
    });
  });

  it("keeps every grid where all that is seen is zero", async () => {
    const zeros = images.map(({ x }) => ({ x: { ...x!, data: new Float32Array(256) } }));
    await withContext(residual(), zeros, async (context) => {
      for (const error of Object.values(await errorsOf(context, await found(context, {})))) expect(Number.isFinite(error)).toBe(true);
    });
  });

  it("does not clip a stored tensor for its products where others read it", async () => {
    // At 8 bits products read the stored grid: what `first` answers is added to what `second` does.
    await withContext(
      residual(),
      images,
      async (context) => {
        const site = context.placement.operands.find(({ nodes }) => nodes.includes("second"))!;
        expect(site.sharesGrid).toBe(true);
        expect(Math.min(...operandStart(context, site.tensor, settingsOf({})).factors)).toBeGreaterThanOrEqual(0.8);
        expect(Math.min(...operandStart(context, "x", settingsOf({})).factors)).toBe(0.5);
      },
      { bits: 8 },
    );
  });
});

describe("sequential calibration", () => {
  it("shows a layer what those before it compute, and the float network's answer as the aim", async () => {
    const { sequential, parallel } = await withContext(
      perceptron(),
      tokens,
      async (given) => {
        const seen = async (options: EasyQuantOptions) => {
          const { context, sampled } = spied(given);
          const plan = await easyQuant(options).plan(context);
          return { plan, samples: sampled.flatMap(({ samples }) => samples), passes: sampled.length };
        };
        return { sequential: await seen({ groupsPerPass: 1 }), parallel: await seen({ calibration: "parallel" }) };
      },
      { bits: 4 },
    );
    expect([sequential.passes, parallel.passes]).toEqual([3, 1]);
    for (const [index, sample] of sequential.samples.entries()) {
      expect(sample.reference).toEqual(parallel.samples[index]!.reference);
      if (index === 0) expect(sample.left).toEqual(parallel.samples[index]!.left);
      else expect(sample.left).not.toEqual(parallel.samples[index]!.left);
    }
    expect(sequential.plan).not.toEqual(parallel.plan);
  });

  it("lets groups share a pass", async () => {
    await withContext(perceptron(), tokens, async (given) => {
      const { context, sampled } = spied(given);
      await easyQuant({ candidates: 2 }).plan(context);
      expect(sampled.map(({ samples }) => samples.map(({ layer }) => layer.node))).toEqual([["first", "second"], ["third"]]);
    });
  });

  it("looks at as many rows as it is told, spread over the samples", async () => {
    await withContext(perceptron(), tokens, async (given) => {
      const { context, sampled } = spied(given);
      await easyQuant({ positions: 9, candidates: 2 }).plan(context);
      // Two rows of each of four samples.
      for (const { samples } of sampled) for (const { left } of samples) expect(left.shape[1]).toBe(8);
    });
  });
});

describe("BasePTQ", () => {
  it.each([
    [8, 127.5],
    [6, 31.5],
  ])("starts at %i bits from max / %f, with zero point 0", async (bits, steps) => {
    const config = { activations: { dtype: "int8", bits }, weights: { bits } } as const;
    await withContext(
      perceptron(),
      tokens,
      async (context) => {
        // An operand of few enough rows is sampled whole.
        const [, layer] = context.runtime.layers as readonly [Layer, Layer];
        const [{ left }] = (await context.runtime.sample([layer])) as [LayerSample];
        const largest = Math.max(...Array.from(left.data as Float32Array, Math.abs));
        const settings = settingsOf({ compat: "base-ptq" });
        const operand = operandStart(context, layer.operands[0]!, settings).encoding;
        expect(operand).toMatchObject({ scale: [Math.fround(largest / steps)], zeroPoint: [0] });

        const site: WeightSite = context.placement.weights.find(({ tensor }) => tensor === layer.weight)!;
        expect(site.config.granularity).toBe("channel");
        const weight = context.graph.value(site.tensor)!.constant!;
        const columns = weight.shape[1]!;
        const magnitudes = new Float64Array(columns);
        (weight.data as Float32Array).forEach((value, index) => {
          magnitudes[index % columns] = Math.max(magnitudes[index % columns]!, Math.abs(value));
        });
        const start = startingPlan(context.graph, context.placement, context.statistics);
        const { encoding } = weightStart(context, layer, start, settings);
        expect(encoding.scale).toEqual(Array.from(magnitudes, (magnitude) => Math.fround(magnitude / steps)));
        expect(new Set(encoding.zeroPoint)).toEqual(new Set([0]));
      },
      { config },
    );
  });

  it("chooses symmetric grids whatever the configuration says, and looks at the float network once", async () => {
    const config = { activations: { dtype: "int8", scheme: "asymmetric" }, weights: { granularity: "tensor" } } as const;
    await withContext(
      attention(),
      tokens,
      async (given) => {
        const { context, sampled } = spied(given);
        const sidesOf = await found(context, { compat: "base-ptq" });
        expect(sampled.map(({ options }) => options?.upstream)).toEqual([undefined]);
        for (const sample of sampled[0]!.samples) {
          const { left, right } = sidesOf(sample);
          for (const { zeroPoint } of [left.encoding, right]) expect(zeroPoint).toEqual([0]);
        }
      },
      { config },
    );
  });
});

describe("a search that was interrupted", () => {
  it("goes on where it was, and ends where it would have", async () => {
    const checkpoint = memoryCheckpoint();
    const run = async (search = { checkpoint }) => {
      let passes = 0;
      const method = easyQuant();
      const spy = async (given: PlanContext) => {
        const { context, sampled } = spied(given);
        const made = await method.plan(context);
        passes = sampled.length;
        return made;
      };
      return { plan: await planOf(attention(), tokens, { ...method, plan: spy }, { search }), passes: passes };
    };
    const whole = await run();
    expect(whole.passes).toBe(2);
    expect(checkpoint.entries.size).toBeGreaterThanOrEqual(4);
    const again = await run();
    expect(again).toEqual({ plan: whole.plan, passes: 0 });

    const some = memoryCheckpoint(new Map([...checkpoint.entries].slice(0, 2)));
    expect((await run({ checkpoint: some })).plan).toEqual(whole.plan);
    expect(some.entries).toEqual(checkpoint.entries);
  });

  it("is not mistaken for one with other options", async () => {
    const checkpoint = memoryCheckpoint();
    const options = { search: { checkpoint } };
    const [many, few] = [easyQuant(), easyQuant({ candidates: 2 })];
    const alone = await planOf(perceptron(), tokens, few);
    await planOf(perceptron(), tokens, many, options);
    expect(await planOf(perceptron(), tokens, few, options)).toEqual(alone);
  });

  it("stops between two trials", async () => {
    const controller = new AbortController();
    let trials = 0;
    const method = easyQuant();
    const aborting = async (given: PlanContext) => {
      const probe: PlanContext["runtime"]["probe"] = async (sample, metric) => {
        const opened = await given.runtime.probe(sample, metric);
        return {
          ...opened,
          error: (sides) => {
            if (++trials === 10) controller.abort();
            return opened.error(sides).catch(() => ({ layer: 0, channels: new Float64Array(32) }));
          },
        };
      };
      return method.plan({ ...given, runtime: { ...given.runtime, probe } });
    };
    await expect(planOf(perceptron(), tokens, { ...method, plan: aborting }, { signal: controller.signal })).rejects.toMatchObject({ code: "aborted" });
    expect(trials).toBe(10);
  });
});
