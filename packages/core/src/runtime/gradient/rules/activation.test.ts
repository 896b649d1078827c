import { describe, it } from "vitest";
import { type Attribute, float, string } from "../../../ir/index.ts";
import { buildModel } from "../../../testing/build-model.ts";
import { expectGradient } from "../fixtures/expect-gradient.ts";

type Case = [op: string, attributes?: Readonly<Record<string, Attribute>>, offset?: number];

const operators: Case[] = [
  ["Neg"],
  ["Sqrt", {}, 3],
  ["Reciprocal", {}, 3],
  ["Exp"],
  ["Log", {}, 3],
  ["Abs"],
  ["Relu"],
  ["LeakyRelu", { alpha: float(0.3) }],
  ["LeakyRelu"],
  ["Sigmoid"],
  ["HardSigmoid"],
  ["HardSigmoid", { alpha: float(1 / 6), beta: float(0.5) }],
  ["HardSwish", {}, 2],
  ["HardSwish", {}, -2],
  ["Tanh"],
  ["Erf"],
  ["Gelu"],
  ["Gelu", { approximate: string("tanh") }],
];

describe("gradients of activations", () => {
  it.each(operators)("%s %j", async (op, attributes, offset) => {
    await expectGradient(
      buildModel({ inputs: { x: [4, 5] } }, (b, { x }) => ({ y: b.op(op, [x], attributes) })),
      { offset: offset ?? 0 },
    );
  });

  it("Clip, with both bounds or one", async () => {
    for (const [low, high] of [
      [-1, 1],
      [0, undefined],
      [undefined, 0.5],
    ]) {
      const model = buildModel({ inputs: { x: [4, 5] } }, (b, { x }) => {
        const bounds = [low, high].map((bound) => (bound === undefined ? undefined : b.constant([bound], [])));
        return { y: b.op("Clip", [x, ...bounds]) };
      });
      await expectGradient(model);
    }
  });
});
