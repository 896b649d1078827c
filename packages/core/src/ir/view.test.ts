import { describe, expect, it } from "vitest";
import { buildModel } from "../testing/build-model.ts";
import { controlFlow } from "./fixtures/control-flow.ts";
import { describeGraph } from "./fixtures/describe-graph.ts";
import { checkGraph, type Graph, ints, type Node, subgraph, type Value, viewOf } from "./index.ts";

describe("viewOf", () => {
  it("shows what the contract names", () => {
    const { graph } = controlFlow();
    const view = viewOf(graph);
    expect([view.name, view.inputs.map((value) => value.name), view.outputs.map((value) => value.name)]).toEqual(["graph", ["condition", "x"], ["y"]]);
    expect(Array.from(view.nodes, (node) => [node.name, node.op, node.domain])).toEqual([
      ["abs", "Abs", ""],
      ["choice", "If", ""],
    ]);
    const x = view.value("x")!;
    expect([x.dtype, x.shape, x.constant, x.producer, x.isOutput]).toEqual(["float32", [2], undefined, undefined, false]);
    expect(x.consumers.map((use) => [use.node.name, use.input])).toEqual([
      ["abs", 0],
      ["sub", 0],
    ]);
    expect(view.value("w")!.constant!.data).toEqual(Float32Array.of(1, 2));
    expect([view.value("sum"), view.node("add"), view.node("nothing")]).toEqual([undefined, undefined, undefined]);
  });

  it("shows equal parts as one object, so that they can be compared and kept in maps", () => {
    const view = viewOf(controlFlow().graph);
    const abs = view.node("abs")!;
    expect(abs.outputs[0]!.producer).toBe(abs);
    expect(view.value("x")!.consumers[0]!.node).toBe(abs);
    expect([...view.nodes][0]).toBe(abs);
    const branch = view.node("choice")!.attribute("then_branch");
    expect(branch).toBe(view.node("choice")!.attribute("then_branch"));
    expect(branch).toMatchObject({ name: expect.any(String), inputs: [] });
  });

  it("follows the graph", () => {
    const { graph } = controlFlow();
    const view = viewOf(graph);
    graph.addOutput(graph.addNode("Neg", [graph.value("x")], { name: "late" }).outputs[0]!);
    graph.node("abs")!.op = "Relu";
    expect(view.node("abs")!.op).toBe("Relu");
    expect(view.outputs).toHaveLength(2);
    expect(view.value("x")!.consumers).toHaveLength(3);
  });

  it("gives a plugin nothing to change the graph with", () => {
    const { graph } = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [1, 4] } }, (b, { condition, x }) => {
      const branch = (axis: number) => subgraph(b.subgraph({}, (inner) => ({ [`y${axis}`]: inner.op("Squeeze", [x, b.int64([axis])]) })));
      return { y: b.op("If", [condition], { then_branch: branch(0), else_branch: branch(-2) }, "choice"), z: b.op("Pad", [x], { pads: ints([1, 2]) }, "pad") };
    });
    const before = describeGraph(graph);
    const view = viewOf(graph);
    const attempts: (() => unknown)[] = [
      () => (view as Graph).removeNode(graph.node("pad")!),
      () => (view.node("pad") as Node).setInput(0, undefined),
      () => (view.node("pad") as Node).setAttribute("pads", undefined),
      () => (view.value("x") as Value).replaceUses(graph.value("y")!),
      () => Object.assign(view.node("pad")!, { op: "Relu" }),
      () => Object.assign(view.value("x")!, { dtype: "int8", origin: 1 }),
      () => (view.node("choice")!.attribute("then_branch") as Graph).addInput("extra"),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(TypeError);
    (view.inputs as unknown[]).pop();
    (view.node("pad")!.inputs as unknown[]).push(undefined);
    (view.node("pad")!.attribute("pads") as number[]).push(3);
    (view.value("x")!.shape as number[])[0] = 99;
    (view.value("x")!.consumers as unknown[]).length = 0;
    checkGraph(graph);
    expect(describeGraph(graph)).toEqual(before);
  });
});
