import { describe, expect, it } from "vitest";
import { controlFlow } from "./fixtures/control-flow.ts";
import { describeGraph } from "./fixtures/describe-graph.ts";
import { checkGraph, cloneModel } from "./index.ts";

describe("cloneModel", () => {
  it("copies everything, subgraphs included", () => {
    const model = controlFlow();
    model.metadata.set("author", "somebody");
    const copy = cloneModel(model);
    checkGraph(copy.graph);
    expect(describeGraph(copy.graph)).toEqual(describeGraph(model.graph));
    expect({ ...copy, graph: undefined }).toEqual({ ...model, graph: undefined });
  });

  it("shares weights and nothing else", () => {
    const model = controlFlow();
    const before = describeGraph(model.graph);
    const copy = cloneModel(model);
    expect(copy.graph.value("w")!.content).toBe(model.graph.value("w")!.content);
    const [branch] = copy.graph.node("choice")!.subgraphs;
    branch!.node("add")!.setInput(1, copy.graph.value("x"));
    branch!.node("neg")!.op = "Abs";
    copy.graph.rename(copy.graph.value("x")!, "renamed");
    copy.graph.addOutput(copy.graph.addNode("Abs", [copy.graph.value("w")]).outputs[0]!);
    copy.opsets.set("", 99);
    copy.metadata.set("new", "entry");
    checkGraph(copy.graph);
    checkGraph(model.graph);
    expect(describeGraph(model.graph)).toEqual(before);
    expect([model.opsets.get(""), model.metadata.size]).toEqual([21, 0]);
  });

  it("gives the copy names of its own", () => {
    const copy = cloneModel(controlFlow());
    expect(copy.graph.freshName("sum")).toBe("sum_1");
    expect(copy.graph.addNode("Neg", [], { name: "neg" }).name).toBe("neg_1");
  });
});
