import { describe, expect, it } from "vitest";
import { QuantError } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { checkGraph, Graph, int, ints, type Node, string, subgraph, type Value } from "./index.ts";

const refusal = (message: RegExp) => expect.objectContaining({ code: "internal", message: expect.stringMatching(message) });
const names = (values: Iterable<{ readonly name: string } | undefined>): (string | undefined)[] => Array.from(values, (value) => value?.name);

/** x -> first -> hidden -> second -> y */
function chain(): { graph: Graph; x: Value; hidden: Value; y: Value; first: Node; second: Node } {
  const { graph } = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.op("Relu", [b.op("Neg", [x], {}, "first")], {}, "second") }));
  const [first, second] = [graph.node("first")!, graph.node("second")!];
  return { graph, x: graph.value("x")!, y: graph.value("y")!, hidden: first.outputs[0]!, first, second };
}

/** y = If(condition, x + x, x - one); `one` belongs to the outer graph. */
function branches(): { graph: Graph; x: Value; one: Value; choice: Node } {
  const { graph } = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [2] } }, (b, { condition, x }) => {
    const one = b.constant([1], [], "one");
    const then_branch = subgraph(b.subgraph({}, (inner) => ({ sum: inner.op("Add", [x, x], {}, "add") })));
    const else_branch = subgraph(b.subgraph({}, (inner) => ({ difference: inner.op("Sub", [x, one], {}, "sub") })));
    return { y: b.op("If", [condition], { then_branch, else_branch }, "choice") };
  });
  return { graph, x: graph.value("x")!, one: graph.value("one")!, choice: graph.node("choice")! };
}

describe("producers and consumers", () => {
  it("follow setInput", () => {
    const { graph, x, hidden, second } = chain();
    second.setInput(0, x);
    expect(x.consumers.map((use) => use.node.name)).toEqual(["first", "second"]);
    expect(hidden.consumers).toEqual([]);
    checkGraph(graph);
  });

  it("know each input of a node that reads a value twice", () => {
    const { graph, x, second } = chain();
    second.setInputs([x, undefined, x]);
    expect(x.consumers.filter((use) => use.node === second).map((use) => use.input)).toEqual([0, 2]);
    second.setInput(2, undefined);
    expect(names(second.inputs)).toEqual(["x"]);
    checkGraph(graph);
  });

  it("extend the inputs on demand and drop omitted ones at the end", () => {
    const { graph, x, second } = chain();
    second.setInput(3, x);
    expect(names(second.inputs)).toEqual(["first_out", undefined, undefined, "x"]);
    second.setInput(3, undefined);
    expect(names(second.inputs)).toEqual(["first_out"]);
    checkGraph(graph);
  });

  it("follow replaceUses, all of them or some, and leave graph outputs", () => {
    const { graph, x, hidden, y } = chain();
    graph.addNode("Add", [hidden, hidden], { name: "sum" });
    hidden.replaceUses(x, (use) => use.input === 0);
    expect(hidden.consumers.map((use) => [use.node.name, use.input])).toEqual([["sum", 1]]);
    y.replaceUses(x);
    expect(names(graph.outputs)).toEqual(["y"]);
    checkGraph(graph);
  });

  it("follow setProducer, which takes the value from its previous producer", () => {
    const { graph, x, y, second } = chain();
    const other = graph.addNode("Abs", [x], { outputs: 0 });
    graph.setProducer(y, other, 0);
    expect(y.producer).toBe(other);
    expect(second.outputs).toEqual([undefined]);
    checkGraph(graph);
    graph.removeNode(second);
    checkGraph(graph);
  });

  it("follow a value to another output of the same node", () => {
    const { graph, x } = chain();
    const split = graph.addNode("Split", [x], { outputs: 2 });
    const [left, right] = split.outputs as Value[];
    graph.setProducer(left, split, 1);
    expect(names(split.outputs)).toEqual([undefined, left!.name]);
    expect(right!.producer).toBeUndefined();
    graph.removeValue(right!);
    checkGraph(graph);
  });

  it("leave nothing behind when a node goes", () => {
    const { graph, x, hidden, y, first, second } = chain();
    y.replaceUses(x);
    graph.setProducer(y, graph.addNode("Identity", [x], { outputs: 0 }), 0);
    graph.removeNode(second);
    graph.removeNode(first);
    expect(graph.value(hidden.name)).toBeUndefined();
    expect(names(x.consumers.map((use) => use.node))).toEqual(["Identity"]);
    checkGraph(graph);
  });

  it("let a node lose its last outputs", () => {
    const { graph, x } = chain();
    const node = graph.addNode("BatchNormalization", [x], { outputs: ["a", "", "b"] });
    graph.truncateOutputs(node, 1);
    expect(names(node.outputs)).toEqual(["a"]);
    expect(graph.value("b")).toBeUndefined();
    checkGraph(graph);
  });
});

describe("edits that would break a link are refused and change nothing", () => {
  const cases: Record<string, (at: ReturnType<typeof chain>) => unknown> = {
    "a node whose output is read cannot be removed": ({ graph, first }) => graph.removeNode(first),
    "a node that produces a graph output cannot be removed": ({ graph, second }) => graph.removeNode(second),
    "an output that is read cannot be truncated": ({ graph, first }) => graph.truncateOutputs(first, 0),
    "a value that is read cannot be removed": ({ graph, hidden }) => graph.removeValue(hidden),
    "an input that is read cannot be removed": ({ graph, x }) => graph.removeInput(x),
    "a name cannot be given twice": ({ graph, x }) => graph.rename(x, "y"),
    "a name cannot be empty": ({ graph, x }) => graph.rename(x, ""),
    "an input cannot be added twice": ({ graph }) => graph.addInput("x"),
    "a produced value cannot become an input": ({ graph }) => graph.addInput("y"),
    "an input cannot be produced": ({ graph, x, second }) => graph.setProducer(x, second, 1),
    "a produced value cannot become an initializer": ({ y }) => {
      y.content = buildModel({}, (b) => ({ c: b.constant([1]) })).graph.initializers[0]!.content;
    },
    "an initializer cannot be produced": ({ graph, second }) => {
      const constant = graph.addConstant("c", { dtype: "float32", shape: [], data: Float32Array.of(1) });
      graph.setProducer(constant, second, 1);
    },
    "another graph's value cannot be read": ({ second }) => second.setInput(0, chain().x),
    "a value that was removed cannot be read": ({ graph, second }) => {
      const stray = graph.addValue("stray");
      graph.removeValue(stray);
      second.setInput(0, stray);
    },
    "another graph's value cannot be an output": ({ graph }) => graph.addOutput(chain().y),
    "another graph's subgraph cannot be held": ({ graph, second }) => second.setAttribute("body", subgraph(new Graph("stray", chain().graph ?? graph))),
    "an output that does not exist cannot be set": ({ graph, y }) => graph.setOutput(2, y),
    "an output that does not exist cannot be removed": ({ graph }) => graph.removeOutput(1),
  };
  it.each(Object.entries(cases))("%s", (_, edit) => {
    const at = chain();
    expect(() => edit(at)).toThrow(refusal(/./));
    checkGraph(at.graph);
    expect(names(at.graph.nodes)).toEqual(["first", "second"]);
    expect(names(at.graph.outputs)).toEqual(["y"]);
  });

  it("keeps all outputs of a node of which one is read", () => {
    const { graph, x } = chain();
    const split = graph.addNode("Split", [x], { outputs: ["left", "right"] });
    graph.addOutput(split.outputs[1]!);
    expect(() => graph.removeNode(split)).toThrow(refusal(/right/));
    expect(graph.value("left")?.producer).toBe(split);
    checkGraph(graph);
  });

  it("says invalid-model for a value that is defined twice", () => {
    const { graph } = chain();
    expect(() => graph.addValue("x")).toThrow(QuantError);
    expect(() => graph.addValue("")).toThrow(QuantError);
  });
});

describe("inputs, outputs and initializers", () => {
  it("know their part", () => {
    const { graph, x, y, hidden } = chain();
    expect([x.isInput, x.isOutput, hidden.isInput, hidden.isOutput, y.isInput, y.isOutput]).toEqual([true, false, false, false, false, true]);
    graph.setOutput(0, hidden);
    expect([hidden.isOutput, y.isOutput]).toEqual([true, false]);
    graph.addOutput(hidden);
    graph.setOutput(0, y);
    expect(hidden.isOutput).toBe(true);
    checkGraph(graph);
  });

  it("let outputs go, and those after move up", () => {
    const { graph, y, hidden } = chain();
    graph.addOutput(hidden);
    graph.removeOutput(0);
    expect([names(graph.outputs), y.isOutput, hidden.isOutput]).toEqual([["first_out"], false, true]);
    checkGraph(graph);
  });

  it("let an initializer stop being an input", () => {
    const { graph, second } = chain();
    const weight = graph.addConstant("w", { dtype: "float32", shape: [1], data: Float32Array.of(1) });
    graph.addInput("w");
    second.setInput(1, weight);
    graph.removeInput(weight);
    expect([weight.isInput, names(graph.inputs)]).toEqual([false, ["x"]]);
    checkGraph(graph);
  });

  it("take dtype and shape from their content", () => {
    const { graph } = chain();
    const weight = graph.addConstant("w", { dtype: "int64", shape: [1], data: BigInt64Array.of(5n) });
    expect([weight.dtype, weight.shape, weight.constant!.data]).toEqual(["int64", [1], BigInt64Array.of(5n)]);
    expect(names(graph.initializers)).toEqual(["w"]);
  });
});

describe("names", () => {
  it("are unique in the whole model", () => {
    const { graph, choice } = branches();
    const inner = choice.subgraphs[0]!;
    expect(graph.freshName("sum")).toBe("sum_1");
    expect(inner.freshName("y")).toBe("y_1");
    expect([graph.freshName("y"), graph.freshName("y")]).toEqual(["y_2", "y_3"]);
    expect(graph.addNode("Add", [], { name: "add" }).name).toBe("add_1");
    expect(inner.addNode("Relu", [], { name: "choice" }).name).toBe("choice_1");
  });

  it("skip names that were taken in the meantime", () => {
    const { graph } = chain();
    expect(graph.freshName("v")).toBe("v");
    graph.addValue("v_1");
    expect(graph.freshName("v")).toBe("v_2");
  });

  it("lead consumers along when a value is renamed", () => {
    const { graph, hidden, second } = chain();
    graph.rename(hidden, "renamed");
    expect([names(second.inputs), graph.value("renamed")]).toEqual([["renamed"], hidden]);
    graph.rename(hidden, "renamed");
    checkGraph(graph);
  });

  it("are refused where a subgraph would read the wrong value", () => {
    const { graph, x, choice } = branches();
    expect(() => graph.rename(x, "sum")).toThrow(refusal(/taken/));
    const inner = choice.subgraphs[0]!;
    expect(() => inner.rename(inner.value("sum")!, "x")).toThrow(refusal(/taken/));
    expect(() => inner.addInput("x")).toThrow(refusal(/from outside/));
    checkGraph(graph);
  });
});

describe("attributes", () => {
  it("read with a fallback, integers clamped", () => {
    const { graph } = chain();
    const node = graph.addNode("Op", [], {
      outputs: 0,
      attributes: { axis: int(-1), ends: ints([2n ** 63n - 1n, -(2n ** 63n)]), mode: string("nearest"), alpha: { kind: "float", value: 0.5 } },
    });
    expect([node.int("axis", 3), node.int("missing", 3), node.float("alpha", 1), node.float("axis", 1)]).toEqual([-1, 3, 0.5, 1]);
    expect(node.ints("ends")).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
    expect([node.string("mode", ""), node.string("axis", "linear"), node.ints("mode")]).toEqual(["nearest", "linear", undefined]);
    node.setAttribute("axis", undefined);
    expect([node.attribute("axis"), [...node.attributes.keys()]]).toEqual([undefined, ["ends", "mode", "alpha"]]);
  });
});

describe("subgraphs", () => {
  it("count as consumers of outer values", () => {
    const { graph, x, one, choice } = branches();
    expect(x.consumers.map((use) => [use.node.name, use.input])).toEqual([
      ["add", 0],
      ["add", 1],
      ["sub", 0],
    ]);
    expect(names(one.consumers.map((use) => use.node))).toEqual(["sub"]);
    expect(choice.subgraphs.map((inner) => inner.parent)).toEqual([choice, choice]);
    checkGraph(graph);
  });

  it("follow replaceUses and rename of outer values", () => {
    const { graph, x, one, choice } = branches();
    one.replaceUses(x);
    graph.rename(x, "renamed");
    const sub = choice.subgraphs[1]!.node("sub")!;
    expect(names(sub.inputs)).toEqual(["renamed", "renamed"]);
    checkGraph(graph);
  });

  it("let go of outer values when their node goes, however deep", () => {
    const { graph } = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [2] } }, (b, { condition, x }) => {
      const nested = (depth: number, builder: typeof b): Graph =>
        builder.subgraph({}, (inner) => {
          if (depth === 0) return { [`leaf_${builder.graph.freshName("n")}`]: inner.op("Neg", [x]) };
          const branch = () => subgraph(nested(depth - 1, inner));
          return { [`level_${builder.graph.freshName("n")}`]: inner.op("If", [condition], { then_branch: branch(), else_branch: branch() }) };
        });
      return { y: b.op("If", [condition], { then_branch: subgraph(nested(2, b)), else_branch: subgraph(nested(2, b)) }, "choice"), z: b.op("Abs", [x]) };
    });
    const x = graph.value("x")!;
    expect(x.consumers).toHaveLength(9);
    graph.setOutput(0, graph.outputs[1]!);
    graph.removeNode(graph.node("choice")!);
    expect(names(x.consumers.map((use) => use.node))).toEqual(["Abs"]);
    checkGraph(graph);
  });

  it("let go of outer values when the attribute is replaced", () => {
    const { one, choice } = branches();
    choice.setAttribute("else_branch", choice.attributes.get("then_branch"));
    expect(one.consumers).toEqual([]);
    expect(choice.subgraphs[0]).toBe(choice.subgraphs[1]);
  });

  it("move to the node that takes them over", () => {
    const { graph, x, choice } = branches();
    const successor = graph.addNode("If", choice.inputs, { attributes: Object.fromEntries(choice.attributes), outputs: 0 });
    graph.setProducer(choice.outputs[0], successor, 0);
    graph.removeNode(choice);
    expect(x.consumers).toHaveLength(3);
    expect(successor.subgraphs.map((inner) => inner.parent)).toEqual([successor, successor]);
    checkGraph(graph);
  });
});

describe("order", () => {
  it("is topological and stable", () => {
    const { graph, x } = chain();
    const late = graph.addNode("Abs", [x], { name: "late" });
    graph.node("first")!.setInput(0, late.outputs[0]);
    graph.addNode("Relu", [x], { name: "last" });
    expect(names(graph.nodes)).toEqual(["late", "first", "second", "last"]);
    expect(names(graph.unordered)).toEqual(["first", "second", "late", "last"]);
  });

  it("counts what subgraphs read", () => {
    const { graph, x, choice } = branches();
    const late = graph.addNode("Abs", [x], { name: "late" });
    choice.subgraphs[0]!.node("add")!.setInput(1, late.outputs[0]);
    expect(names(graph.nodes)).toEqual(["late", "choice"]);
  });

  it("is a snapshot while the graph changes", () => {
    const { graph, x } = chain();
    for (const node of graph.nodes) graph.addNode("Identity", [node.outputs[0]]);
    expect(graph.nodes).toHaveLength(4);
    expect(x.consumers).toHaveLength(1);
  });

  it("names a node of a cycle, through subgraphs too", () => {
    const { graph, y, first } = chain();
    first.setInput(0, y);
    expect(() => graph.nodes).toThrow(expect.objectContaining({ code: "invalid-model", message: expect.stringMatching(/first|second/) }));
    const { graph: outer, choice } = branches();
    choice.subgraphs[0]!.node("add")!.setInput(1, choice.outputs[0]);
    expect(() => outer.nodes).toThrow(expect.objectContaining({ code: "invalid-model", message: expect.stringMatching(/choice/) }));
  });

  it("does not run out of stack on a deep graph", () => {
    const graph = new Graph("deep");
    let value = graph.addInput("x");
    const nodes = Array.from({ length: 20_000 }, () => {
      const node = graph.addNode("Relu", [value]);
      value = node.outputs[0]!;
      return node;
    });
    // Reversed, so that the first node depends on all the others.
    nodes.forEach((node, index) => {
      node.setInput(0, nodes[index + 1]?.outputs[0]);
    });
    expect(graph.nodes[0]).toBe(nodes.at(-1));
  });
});
