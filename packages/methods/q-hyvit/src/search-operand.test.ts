import { affineEncoding, encodeRange, fakeQuantize, floatValues, type OperandPlan, type Range, seededRandom, type Tensor } from "@halftone/core";
import { expect, test } from "vitest";
import type { Choice } from "./choices.ts";
import { settingsOf } from "./options.ts";
import { searchOperand } from "./search-operand.ts";

const factors = settingsOf({}).factors(4);
const config = { dtype: "uint8", bits: 4, scheme: "asymmetric" } as const;

function choice(range: Range, granularity: Choice["granularity"], scheme: "asymmetric" | "symmetric"): Choice {
  return {
    granularity,
    scheme,
    worthwhile: granularity === "channel" ? 0.8 : 1,
    at: (factor) => ({ encoding: affineEncoding(config, [encodeRange({ min: range.min * factor, max: range.max * factor }, { ...config, scheme })]) }),
  };
}

const random = seededRandom(3);
const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const values: Tensor = { dtype: "float32", shape: [4096], data: Float32Array.from({ length: 4096 }, () => Math.max(gaussian(), -0.3)) };
const range: Range = { min: -0.3, max: Math.max(...floatValues(values)) };

async function errorOf({ encoding }: OperandPlan): Promise<number> {
  const rounded = floatValues(fakeQuantize(values, encoding));
  return floatValues(values).reduce((sum, value, index) => sum + (value - rounded[index]!) ** 2, 0);
}

test("finds the scale and the scheme that trying everything finds", async () => {
  const choices = [choice(range, "tensor", "asymmetric"), choice(range, "tensor", "symmetric")];
  const found = await searchOperand(choices, errorOf, factors);
  const all = await Promise.all(choices.flatMap((each) => factors.map((factor) => errorOf(each.at(factor)!))));
  expect(found!.error).toBe(Math.min(...all));
  expect(found!.choice.scheme).toBe("asymmetric");
});

test("channels get grids of their own only where that is worth an operator", async () => {
  const plain = choice(range, "tensor", "asymmetric");
  const channels = choice(range, "channel", "asymmetric");
  const search = (share: number) =>
    searchOperand([plain, channels], async (plan) => (plan.rescaling ? share : 1) * (await errorOf(plan)), factors).then((found) => found!.choice.granularity);
  const marked: Choice["at"] = (factor) => ({ ...plain.at(factor)!, rescaling: { axis: 1, scale: [1] } });
  Object.assign(channels, { at: marked });
  expect(await search(0.9)).toBe("tensor");
  expect(await search(0.7)).toBe("channel");
});

test("a choice that the guard refuses everywhere is not found", async () => {
  const refused: Choice = { granularity: "tensor", scheme: "asymmetric", worthwhile: 1, at: () => undefined };
  expect(await searchOperand([refused], errorOf, factors)).toBeUndefined();
});

test("of grids that differ by less than runtimes do, the first is taken", async () => {
  const [first, second] = [choice(range, "tensor", "asymmetric"), choice(range, "tensor", "symmetric")];
  const at: Choice["at"] = (factor) => ({ ...first.at(factor)!, rescaling: { axis: 1, scale: [1] } });
  const found = (share: number) =>
    searchOperand([first, { ...second, at }], async (plan) => (plan.rescaling ? share : 1) * (await errorOf(plan)), factors).then(
      (each) => each!.choice.scheme,
    );
  expect(await found(1 - 1e-6)).toBe("asymmetric");
  expect(await found(1 - 1e-3)).toBe("symmetric");
});
