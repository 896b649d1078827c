import { describe, expect, it } from "vitest";
import { buildModel } from "../testing/build-model.ts";
import { checkGraph, type Graph, type Node, subgraph, type Value } from "./index.ts";

interface Sound {
  readonly graph: Graph;
  readonly x: Value;
  readonly w: Value;
  readonly hidden: Value;
  readonly add: Node;
  readonly choice: Node;
  readonly inner: Node;
}

function sound(): Sound {
  const { graph } = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [2] } }, (b, { condition, x }) => {
    const hidden = b.op("Add", [x, b.constant([1, 2], [2], "w")], {}, "add");
    const branch = (op: string) => subgraph(b.subgraph({}, (inner) => ({ [`${op}_result`]: inner.op(op, [hidden], {}, op) })));
    return { y: b.op("If", [condition], { then_branch: branch("Neg"), else_branch: branch("Abs") }, "choice") };
  });
  const [add, choice] = [graph.node("add")!, graph.node("choice")!];
  return { graph, x: graph.value("x")!, w: graph.value("w")!, hidden: add.outputs[0]!, add, choice, inner: choice.subgraphs[0]!.node("Neg")! };
}

/** Damage that no method of the graph would do, and what the checker must say about it. */
const damages: readonly { readonly what: RegExp; readonly damage: (at: Sound) => void }[] = [
  { what: /lists that use 0 times/, damage: ({ hidden }) => hidden._uses.pop() },
  { what: /lists that use 2 times/, damage: ({ hidden, inner }) => hidden._uses.push({ node: inner, input: 0 }) },
  { what: /as a use, which reads something else/, damage: ({ x, add }) => x._uses.push({ node: add, input: 1 }) },
  { what: /which reads something else/, damage: ({ add, w }) => add._inputs.splice(0, 1, w) },
  { what: /ends with an omitted input/, damage: ({ add }) => add._inputs.push(undefined) },
  {
    what: /which does not list it/,
    damage: ({ hidden, choice }) => {
      hidden._producer = choice;
    },
  },
  {
    what: /which does not list it/,
    damage: ({ hidden }) => {
      hidden._output = 1;
    },
  },
  {
    what: /read but nothing produces it|names another producer/,
    damage: ({ hidden }) => {
      hidden._producer = undefined;
    },
  },
  { what: /names another producer/, damage: ({ add, x }) => add._outputs.push(x) },
  {
    what: /is an initializer and has a producer/,
    damage: ({ hidden, w }) => {
      hidden._content = w.content;
    },
  },
  {
    what: /read but nothing produces it/,
    damage: ({ w }) => {
      w._content = undefined;
    },
  },
  {
    what: /is not registered in graph/,
    damage: ({ w }) => {
      w._name = "other";
    },
  },
  {
    what: /takes itself for an input/,
    damage: ({ hidden }) => {
      hidden._isInput = true;
    },
  },
  {
    what: /does not know that it is one|nothing produces it/,
    damage: ({ x }) => {
      x._isInput = false;
    },
  },
  {
    what: /miscounts how often it is an output/,
    damage: ({ x }) => {
      x._timesOutput += 1;
    },
  },
  {
    what: /names another parent|whose subgraph was removed/,
    damage: ({ choice, add }) => {
      choice.subgraphs[0]!._parent = add;
    },
  },
  {
    what: /lists .* which is no value of it/,
    damage: ({ choice, hidden }) => {
      (choice.subgraphs[0]!.outputs as Value[])[0] = hidden;
    },
  },
  { what: /listed twice/, damage: ({ graph, x }) => (graph.inputs as Value[]).push(x) },
  {
    what: /is produced by/,
    damage: ({ x, add }) => {
      Object.assign(x, { _producer: add, _output: 1 });
      add._outputs[1] = x;
    },
  },
  { what: /no producer/, damage: ({ graph }) => graph.addOutput(graph.addValue("nowhere")) },
  // A namesake further in: the file would connect the inner node to the wrong value.
  { what: /whose name leads elsewhere/, damage: ({ inner, x }) => Object.assign(inner.graph, { resolve: () => x }) },
  {
    what: /not registered|was removed/,
    damage: ({ hidden, graph }) => Object.assign(hidden, { graph: buildModel({}, (b) => ({ y: b.op("A", []) })).graph }) && graph,
  },
];

describe("checkGraph", () => {
  it("is content with a sound graph", () => {
    expect(() => checkGraph(sound().graph)).not.toThrow();
  });

  it.each(damages)("finds: $what", ({ what, damage }) => {
    const at = sound();
    damage(at);
    expect(() => checkGraph(at.graph)).toThrow(expect.objectContaining({ code: "internal", message: expect.stringMatching(what) }));
  });

  it("finds a use by a node that was removed, and by one whose subgraph was", () => {
    const removed = sound();
    const relu = removed.graph.addNode("Relu", [removed.x]);
    const [use] = removed.x.consumers.filter((each) => each.node === relu);
    removed.graph.removeNode(relu);
    removed.x._uses.push(use!);
    expect(() => checkGraph(removed.graph)).toThrow(/which was removed/);

    const orphaned = sound();
    orphaned.choice.setAttribute("then_branch", orphaned.choice.attributes.get("else_branch"));
    orphaned.hidden._uses.push({ node: orphaned.inner, input: 0 });
    expect(() => checkGraph(orphaned.graph)).toThrow(/whose subgraph was removed/);
  });

  it("finds two nodes of one name in different subgraphs", () => {
    const at = sound();
    Object.assign(at.inner, { name: "choice" });
    (at.inner.graph as unknown as { node: unknown }).node = () => at.inner;
    expect(() => checkGraph(at.graph)).toThrow(/Two nodes of the model are called choice/);
  });
});
