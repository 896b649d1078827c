import { describe, expect, it } from "vitest";
import { checkGraph, type Node, subgraph } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { accepted, applyRules, type Refusal, type Rule, refused } from "./rule.ts";

/** Neg(Neg(x)) is x. */
const doubleNegation: Rule<{ readonly outer: Node; readonly inner: Node }> = {
  name: "double-negation",
  scope: "every-graph",
  match: (outer) => {
    const inner = outer.op === "Neg" ? outer.inputs[0]?.producer : undefined;
    return inner?.op === "Neg" ? { outer, inner } : undefined;
  },
  check: ({ outer }) => (outer.outputs[0]!.isOutput ? refused("its result is a graph output") : accepted),
  rewrite: ({ outer, inner }) => {
    outer.outputs[0]!.replaceUses(inner.inputs[0]!);
    outer.graph.removeNode(outer);
    if (inner.outputs[0]!.consumers.length === 0) inner.graph.removeNode(inner);
  },
};

const chain = (length: number) =>
  buildModel({ inputs: { x: [2] } }, (b, { x }) => {
    let value = x;
    for (let index = 0; index < length; index++) value = b.op("Neg", [value], {}, `neg_${index}`);
    return { y: b.op("Relu", [value]), z: b.op("Neg", [b.op("Neg", [x], {}, "first")], {}, "second") };
  });

describe("applyRules", () => {
  it("goes on until nothing changes, and tells a refusal once", () => {
    const model = chain(7);
    const seen: Refusal[] = [];
    const report = applyRules(model, [doubleNegation], { onRefusal: (refusal) => seen.push(refusal) });
    checkGraph(model.graph);
    expect(model.graph.nodes.map((node) => node.op)).toEqual(["Neg", "Relu", "Neg", "Neg"]);
    expect(report).toEqual({
      applied: { "double-negation": 3 },
      refusals: [{ rule: "double-negation", node: "second", reason: "its result is a graph output" }],
    });
    expect(seen).toEqual(report.refusals);
  });

  it("enters subgraphs only where the rule says that it may", () => {
    const build = () =>
      buildModel({ inputs: { x: [2], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
        const branch = () => subgraph(b.subgraph({}, (inner) => ({ out: inner.op("Relu", [inner.op("Neg", [inner.op("Neg", [x])])]) })));
        return { y: b.op("If", [flag], { then_branch: branch(), else_branch: branch() }) };
      });
    const everywhere = build();
    expect(applyRules(everywhere, [doubleNegation]).applied).toEqual({ "double-negation": 2 });
    checkGraph(everywhere.graph);
    expect(applyRules(build(), [{ ...doubleNegation, scope: "main-graph" }]).applied).toEqual({ "double-negation": 0 });
  });

  it("stops when aborted, and when a rule matches its own result", () => {
    expect(() => applyRules(chain(2), [doubleNegation], { signal: AbortSignal.abort() })).toThrow(expect.objectContaining({ code: "aborted" }));
    const endless: Rule<Node> = { name: "endless", scope: "every-graph", match: (node) => node, check: () => accepted, rewrite: () => {} };
    expect(() => applyRules(chain(1), [endless])).toThrow(/endless/);
  });
});
