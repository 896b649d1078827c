import { describe, expect, it } from "vitest";
import { type Model, subgraph } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { removeDropout } from "./dropout.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { removeIdentity } from "./identity.ts";
import { applyRules } from "./rule.ts";

const remove = (model: Model) => applyRules(model, [removeIdentity, removeDropout]);
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);
const flag = (value: number) => ({ dtype: "bool", shape: [], data: Uint8Array.of(value) }) as const;

describe("removeIdentity and removeDropout", () => {
  it("leave only what computes, and keep the names of graph outputs", async () => {
    const model = buildModel({ inputs: { x: [3] } }, (b, { x }) => {
      const hidden = b.op("Dropout", [b.op("Relu", [b.op("Identity", [x])]), b.constant([0.3], []), b.constant(flag(0))]);
      const kept = b.op("Dropout", [b.op("Neg", [hidden])]);
      return { y: b.op("Identity", [kept]), both: b.op("Add", [hidden, kept]) };
    });
    const rewritten = await expectSameOutputs(model, remove);
    expect(operators(rewritten)).toEqual(["Relu", "Neg", "Add"]);
    expect(rewritten.graph.outputs.map((output) => output.name)).toEqual(["y", "both"]);
  });

  it("removes an Identity whose input a subgraph captures", async () => {
    const model = buildModel({ inputs: { x: [3], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
      const hidden = b.op("Relu", [x]);
      const branch = (op: string) => subgraph(b.subgraph({}, (inner) => ({ chosen: inner.op("Identity", [inner.op(op, [hidden])]) })));
      return { chosen: b.op("If", [flag], { then_branch: branch("Neg"), else_branch: branch("Exp") }), renamed: b.op("Identity", [hidden]) };
    });
    const rewritten = await expectSameOutputs(model, remove);
    expect(operators(rewritten)).toEqual(["Relu", "If"]);
    expect(rewritten.graph.nodes.flatMap((node) => node.subgraphs).flatMap((graph) => graph.nodes.map((node) => node.op))).toEqual(["Neg", "Exp"]);
  });

  it("refuse what would change the model's outputs, with the reason", async () => {
    const model = buildModel({ inputs: { x: [3], training: { dtype: "bool", shape: [] } } }, (b, { x, training }) => {
      const hidden = b.op("Relu", [x]);
      const [dropped, mask] = b.ops("Dropout", 2, [hidden], {}, "with_mask");
      return {
        hidden,
        again: b.op("Identity", [hidden], {}, "second_name"),
        fixed: b.op("Identity", [b.constant([1], [1], "one")], {}, "of_constant"),
        dropped: dropped!,
        mask: mask!,
        trained: b.op("Dropout", [hidden, b.constant([0], []), training], {}, "trained"),
        captured: b.op("If", [training], {
          then_branch: subgraph(b.subgraph({}, (inner) => ({ out: inner.op("Identity", [hidden], {}, "of_outer") }))),
          else_branch: subgraph(b.subgraph({}, (inner) => ({ out: inner.op("Neg", [hidden]) }))),
        }),
      };
    });
    await expectSameOutputs(model, (copy) => {
      const { applied, refusals } = remove(copy);
      expect(applied).toEqual({ "remove-identity": 0, "remove-dropout": 0 });
      expect(Object.fromEntries(refusals.map(({ node, reason }) => [node, reason]))).toEqual({
        second_name: "it gives the graph output hidden a second name, again",
        of_constant: "it hands the initializer one out as fixed",
        with_mask: "its second output mask is read",
        trained: "its training_mode training is not the constant false",
        of_outer: "it hands hidden of an enclosing graph out as out",
      });
    });
  });
});
