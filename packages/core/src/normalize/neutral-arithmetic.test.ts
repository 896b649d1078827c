import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import type { Model } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { removeNeutralArithmetic } from "./neutral-arithmetic.ts";
import { applyRules } from "./rule.ts";
import { inferTypes } from "./shapes/infer-types.ts";

async function remove(model: Model) {
  await inferTypes(model, nodeBackend());
  return applyRules(model, [removeNeutralArithmetic]);
}

describe("removeNeutralArithmetic", () => {
  it("removes what changes neither value nor shape, on either side", async () => {
    const model = buildModel({ inputs: { x: [2, 3] } }, (b, { x }) => {
      const [one, zero] = [b.constant([1], []), b.constant([0], [1, 1])];
      const steps = [b.op("Mul", [b.op("Neg", [x]), one])];
      for (const [op, constant] of [
        ["Div", one],
        ["Add", zero],
        ["Sub", zero],
      ] as const)
        steps.push(b.op(op, [steps.at(-1)!, constant]));
      return { y: b.op("Add", [zero, b.op("Mul", [one, steps.at(-1)!])]) };
    });
    expect((await expectSameOutputs(model, remove)).graph.nodes.map((node) => node.op)).toEqual(["Neg"]);
  });

  it("keeps what negates, divides, raises the rank, or is an output of its own", async () => {
    const model = buildModel({ inputs: { x: [3] } }, (b, { x }) => {
      const hidden = b.op("Neg", [x]);
      return {
        negated: b.op("Sub", [b.constant([0], []), x]),
        divided: b.op("Div", [b.constant([1], []), x]),
        raised: b.op("Mul", [x, b.constant([1], [1, 1])]),
        vector: b.op("Mul", [x, b.constant([1, 1, 1])]),
        renamed: b.op("Mul", [hidden, b.constant([1], [])]),
        hidden,
      };
    });
    const rewritten = await expectSameOutputs(model, async (copy) => {
      const { refusals } = await remove(copy);
      expect(refusals.map(({ reason }) => reason)).toEqual(["it gives the graph output hidden a second name, renamed"]);
    });
    expect(rewritten.graph.nodes).toHaveLength(6);
  });
});
