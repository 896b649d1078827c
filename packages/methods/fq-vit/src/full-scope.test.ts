import { type AffineEncoding, createDistance, fakeQuantize, floatValues, type LogEncoding, type QuantResult, quantize, writeModel } from "@halftone/core";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { inputs, sourceOf, transformer, valuesIn } from "./fixtures/transformer.ts";
import { type FqVitOptions, fqVit } from "./index.ts";

const target = await nodeTarget();
const [alike, spread] = [1, 40].map((largest) => writeModel(transformer(largest)));
const feeds = inputs(8);

async function quantized(options: FqVitOptions, { model = spread!, scope = "full" as "full" | "partial", bits = 8 } = {}): Promise<QuantResult> {
  return quantize({ model, source: sourceOf(feeds), method: fqVit(options), backend: nodeBackend(), target, config: { scope, activations: { bits } } });
}

describe("power-of-two factors", () => {
  it("give every input of a normalization one step per channel and one zero point", async () => {
    const { plan } = await quantized({});
    for (const tensor of ["embed_out", "sum1_out", "sum2_out"]) {
      const { axis, scale, zeroPoint } = plan.encodings[tensor] as AffineEncoding;
      expect(axis).toBe(2);
      expect(scale).toHaveLength(64);
      expect(new Set(zeroPoint).size).toBe(1);
      const exponents = scale.map((each) => Math.log2(each / Math.min(...scale)));
      expect(exponents[0]).toBe(3);
      expect(exponents.slice(1).every((each) => each === 0)).toBe(true);
    }
    expect(plan.nodes.sum1).toMatchObject({ mode: "emulated" });
    expect(Object.values(plan.encodings).filter(({ axis, dtype }) => axis !== undefined && dtype === "uint8")).toHaveLength(3);
    expect(plan.notes).toEqual(expect.arrayContaining([expect.stringContaining("1 attention maps"), expect.stringContaining("3 inputs of normalizations")]));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it("rescue a normalization whose channels differ 40 times", async () => {
    const norm = [{ node: "norm1", side: "output" }] as const;
    const [reference] = await valuesIn(spread!, feeds[3]!, norm);
    const errorWith = async (options: FqVitOptions): Promise<number> => {
      const [value] = await valuesIn((await quantized(options)).model, feeds[3]!, norm);
      return floatValues(value!).reduce((sum, each, index) => sum + (each - floatValues(reference!)[index]!) ** 2, 0);
    };
    // In units of the coarse step: an eighth of it in 63 channels and one in the first, where the grid of the model's input, 40 times larger behind `embed`,
    // adds another. The error is (64 + 1) / (63 / 64 + 2) = 22 times less.
    expect((await errorWith({ largestExponent: 0 })) / (await errorWith({}))).toBeGreaterThan(10);
  });

  it("are what the normalization reads in the exported model, to the last bits of a multiplication", async () => {
    const { plan, model } = await quantized({});
    const [value, read] = await valuesIn(model, feeds[2]!, [
      { node: "embed", side: "output" },
      { node: "norm1", side: "input" },
    ]);
    const encoding = plan.encodings.embed_out!;
    const expected = floatValues(fakeQuantize(value!, encoding));
    for (const [index, each] of floatValues(read!).entries())
      expect(Math.abs(each - expected[index]!)).toBeLessThanOrEqual(Math.abs(expected[index]!) * 2 ** -22);
  });

  it("leave partial scope alone, where normalizations read floats", async () => {
    const { plan } = await quantized({}, { scope: "partial" });
    expect(plan.notes).toEqual([expect.stringContaining("Log-int-softmax")]);
    expect(Object.values(plan.encodings).filter(({ axis, dtype }) => axis !== undefined && dtype === "uint8")).toEqual([]);
  });
});

describe("log-int-softmax", () => {
  it.each([4, 8] as const)("lets the product read what the simulator says, at %s bits", async (softmaxBits) => {
    const { plan, model } = await quantized({ softmaxBits });
    const encoding = plan.operands!.softmax_out!.encoding as LogEncoding;
    expect(encoding).toEqual({ kind: "log", base: "2", bits: softmaxBits, scale: 1, rounding: "leading-bit" });
    expect(plan.nodes.mix).toMatchObject({ mode: "emulated" });
    const [weights, read] = await valuesIn(model, feeds[0]!, [
      { node: "softmax", side: "output" },
      { node: "mix", side: "input" },
    ]);
    const expected = floatValues(fakeQuantize(weights!, encoding));
    const actual = floatValues(read!);
    const values = floatValues(weights!);
    // A logarithm's rounding moves values next to a threshold, 1.5 times a power of two; an exponential's the last bits.
    const isClear = (value: number): boolean => Math.abs((((Math.log2(1 / value / 1.5) % 1) + 1.5) % 1) - 0.5) > 1e-3;
    const clear = [...values.keys()].filter((index) => isClear(values[index]!));
    expect(clear.length).toBeGreaterThan(0.9 * values.length);
    for (const index of clear) expect(Math.abs(actual[index]! - expected[index]!)).toBeLessThanOrEqual(expected[index]! * 2 ** -18);
    expect(new Set(expected).size).toBeGreaterThan(4);
  });

  it("has no more bits than are asked of activations", async () => {
    const { plan } = await quantized({ softmaxBits: 8 }, { bits: 6 });
    expect(plan.operands!.softmax_out!.encoding).toMatchObject({ kind: "log", bits: 6 });
  });

  it("can be left out", async () => {
    const { plan } = await quantized({ softmax: "uniform" });
    expect(plan.operands).toBeUndefined();
    expect(plan.encodings.softmax_out!.axis).toBeUndefined();
    expect(plan.nodes.mix).toEqual({ mode: "integer" });
  });
});

describe("a whole block in full scope", () => {
  async function sqnrOf({ model }: QuantResult): Promise<number> {
    const distance = createDistance();
    for (const unseen of inputs(8, 5)) {
      const [expected, actual] = await Promise.all([alike!, model].map((files) => valuesIn(files, unseen, [{ node: "head", side: "output" }])));
      distance.update(floatValues(expected![0]!), floatValues(actual![0]!));
    }
    return distance.result().sqnrDb;
  }

  // Some fifteen grids of 8 bits follow each other, of 40 dB or so each, and the errors add up: 12 dB less. Attention on powers of two is one summand of many.
  it.each([
    ["powers of two, 4 bits", {}, 20],
    ["powers of two, 8 bits", { softmaxBits: 8 }, 20],
    ["uniform attention", { softmax: "uniform" }, 26],
    ["uniform attention, least squared error", { softmax: "uniform", observer: "omse" }, 26],
  ] as const)("keeps its outputs: %s", async (_, options, atLeast) => {
    expect(await sqnrOf(await quantized(options, { model: alike! }))).toBeGreaterThan(atLeast);
  });
});
