import { describe, expect, it } from "vitest";
import { buildModel } from "../testing/build-model.ts";
import { controlFlow } from "./fixtures/control-flow.ts";
import { describeGraph } from "./fixtures/describe-graph.ts";
import { checkGraph, type Graph, pruneDead } from "./index.ts";

const nodesOf = (graph: Graph): string[] => graph.nodes.map((node) => node.name);
const initializersOf = (graph: Graph): string[] => graph.initializers.map((value) => value.name);

describe("pruneDead", () => {
  it("removes chains that lead nowhere, and the initializers only they read", () => {
    const { graph } = buildModel({ inputs: { x: [2], unused: [2] } }, (b, { x }) => {
      b.op("Add", [b.op("Mul", [x, b.constant([2], [], "only_dead")]), b.constant([3], [], "shared")]);
      b.constant([4], [], "nobodys");
      return { y: b.op("Add", [x, graphConstant(b.graph)], {}, "kept") };
    });
    pruneDead(graph);
    checkGraph(graph);
    expect([nodesOf(graph), initializersOf(graph), graph.inputs.map((input) => input.name)]).toEqual([["kept"], ["shared"], ["x", "unused"]]);
  });

  it("leaves a live graph as it is", () => {
    const { graph } = controlFlow();
    const before = describeGraph(graph);
    pruneDead(graph);
    expect(describeGraph(graph)).toEqual(before);
  });

  it("frees what only dead nodes of subgraphs read", () => {
    const { graph } = controlFlow();
    const [branch] = graph.node("choice")!.subgraphs;
    branch!.setOutput(0, branch!.addNode("Identity", [graph.value("x")], { name: "direct" }).outputs[0]!);
    pruneDead(graph);
    checkGraph(graph);
    expect([nodesOf(branch!), nodesOf(graph), initializersOf(graph)]).toEqual([["direct"], ["choice"], ["v"]]);
  });

  it("removes control flow with everything inside", () => {
    const { graph } = controlFlow();
    graph.setOutput(0, graph.node("abs")!.outputs[0]!);
    pruneDead(graph);
    checkGraph(graph);
    expect([nodesOf(graph), initializersOf(graph)]).toEqual([["abs"], []]);
  });

  it("keeps a node of which one output is read, and initializers that are outputs or inputs", () => {
    const { graph } = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.ops("Split", 2, [x], {}, "split")[1]! }));
    graph.addOutput(graph.addConstant("answer", { dtype: "float32", shape: [], data: Float32Array.of(42) }));
    graph.addConstant("fallback", { dtype: "float32", shape: [], data: Float32Array.of(1) });
    graph.addInput("fallback");
    pruneDead(graph);
    checkGraph(graph);
    expect([nodesOf(graph), initializersOf(graph)]).toEqual([["split"], ["answer", "fallback"]]);
  });
});

function graphConstant(graph: Graph) {
  return graph.value("shared");
}
