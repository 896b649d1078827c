import {
  type ActivationSite,
  affineEncoding,
  createCalibrator,
  encodeRange,
  fakeQuantize,
  floatValues,
  type Range,
  roundHalfEven,
  seededRandom,
  type Tensors,
  writeModel,
} from "@halftone/core";
import { buildModel, floats } from "@halftone/core/testing";
import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { type FqVitOptions, settingsOf } from "./options.ts";
import { rangeObserver } from "./range-observer.ts";

const site: ActivationSite = {
  key: "x",
  tensors: ["x"],
  observed: ["x"],
  config: { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" },
};
const size = 4096;

/** Bell-shaped, the tails growing with `power`; one sample after the other. */
function feeds(samples: number, power: number): readonly Tensors[] {
  const random = seededRandom(9);
  const value = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.sign(normal) * Math.abs(normal) ** power;
  };
  return Array.from({ length: samples }, () => ({ x: floats([1, size], Array.from({ length: size }, value)) }));
}

async function rangeOf(options: FqVitOptions, data: readonly Tensors[]): Promise<Range> {
  const model = writeModel(buildModel({ inputs: { x: [1, size] } }, (b, { x }) => ({ y: b.op("Neg", [x]) })));
  const observer = rangeObserver(settingsOf(options));
  const source = {
    id: "values",
    batches: data.length,
    async *[Symbol.asyncIterator]() {
      yield* data;
    },
  };
  const statistics = await createCalibrator().collect(model, source, [observer.observation("x")], nodeBackend());
  return observer.range("x", site, statistics);
}

const sorted = (data: readonly Tensors[]): Float32Array => Float32Array.from(data.flatMap(({ x }) => Array.from(floatValues(x!)))).sort();

describe("the range by", () => {
  const data = feeds(8, 2);
  const values = sorted(data);

  it("min-max is all that was seen", async () => {
    expect(await rangeOf({}, data)).toEqual({ min: values[0], max: values.at(-1) });
  });

  it("ema keeps 0.99 of the average at each sample", async () => {
    let expected = 0;
    data.forEach(({ x }, index) => {
      const max = Math.max(...floatValues(x!));
      expected = index === 0 ? max : 0.99 * expected + 0.01 * max;
    });
    expect((await rangeOf({ observer: "ema" }, data)).max).toBeCloseTo(expected, 6);
  });

  it("percentile leaves out as much at each end", async () => {
    const { min, max } = await rangeOf({ observer: "percentile", percentile: 99 }, data);
    // A bin is at most 2 / 2048 of the largest magnitude.
    const bin = Math.max(-values[0]!, values.at(-1)!) / 1024;
    expect(Math.abs(min - values[Math.floor(values.length / 100)]!)).toBeLessThan(bin);
    expect(Math.abs(max - values[Math.floor((values.length * 99) / 100)]!)).toBeLessThan(bin);
  });

  it.each([1, 2, 3])("omse is that of least squared error among 90 (tails of power %s)", async (power) => {
    const heavy = feeds(8, power);
    const seen = sorted(heavy);
    const all = floats([seen.length], seen);
    const errorOf = (range: Range): number => {
      const read = fakeQuantize(all, affineEncoding(site.config, [encodeRange(range, site.config)])).data as Float32Array;
      return seen.reduce((sum, value, index) => sum + (value - read[index]!) ** 2, 0);
    };
    const full = { min: seen[0]!, max: seen.at(-1)! };
    const errors = Array.from({ length: 90 }, (_, step) => errorOf({ min: full.min * (1 - step / 100), max: full.max * (1 - step / 100) }));
    const found = await rangeOf({ observer: "omse" }, heavy);
    expect(found.min / full.min).toBeCloseTo(found.max / full.max, 9);
    const percent = (found.max / full.max) * 100;
    expect(percent).toBeCloseTo(roundHalfEven(percent), 6);
    // Bins stand for the values in them: the error found is that of a neighbour at worst.
    expect(errorOf(found)).toBeLessThan(Math.min(...errors) * 1.02);
    if (power > 1) expect(found.max).toBeLessThan(full.max);
  });
});
