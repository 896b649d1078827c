import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QuantError } from "../spec/index.ts";
import { controlFlow } from "./fixtures/control-flow.ts";
import { describeGraph } from "./fixtures/describe-graph.ts";
import { checkGraph, cloneModel, float, Graph, type Model, type Node, pruneDead, subgraph, type Value } from "./index.ts";

/** One random step: which edit, and numbers that choose what it is done to. */
interface Step {
  readonly edit: number;
  readonly pick: readonly [number, number, number];
}

const step: fc.Arbitrary<Step> = fc.record({ edit: fc.nat(), pick: fc.tuple(fc.nat(), fc.nat(), fc.nat()) });

function allGraphs(graph: Graph): Graph[] {
  return [graph, ...graph.nodes.flatMap((node) => node.subgraphs.flatMap(allGraphs))];
}

const choose = <T>(from: readonly T[], pick: number): T | undefined => (from.length === 0 ? undefined : from[pick % from.length]);

/** Values a new node at the end of `graph` may read. */
function visible(graph: Graph): Value[] {
  const around = graph.enclosing ? visible(graph.enclosing).filter((value) => !dependsOn(value, graph.parent)) : [];
  return [...graph.values, ...around.filter((value) => !graph.value(value.name))];
}

function dependsOn(value: Value, node: Node | undefined, seen = new Set<Node>()): boolean {
  const { producer } = value;
  if (!producer || !node || seen.has(producer)) return false;
  if (producer === node) return true;
  seen.add(producer);
  const read = (each: Node): Value[] => [...each.inputs.flatMap((input) => input ?? []), ...each.subgraphs.flatMap((inner) => inner.nodes.flatMap(read))];
  return read(producer).some((input) => dependsOn(input, node, seen));
}

/** Nodes around a subgraph's node read through it too. */
function wouldCycle(node: Node, value: Value): boolean {
  for (let at: Node | undefined = node; at; at = at.graph.parent) if (dependsOn(value, at)) return true;
  return false;
}

const edits: Readonly<Record<string, (graph: Graph, pick: Step["pick"]) => void>> = {
  addNode: (graph, [a, b, c]) => {
    const values = visible(graph);
    graph.addNode("Op", [choose(values, a), choose(values, b)], { outputs: c % 3, attributes: { alpha: float(c) } });
  },
  addControlFlow: (graph, [a, b]) => {
    const inner = new Graph(graph.freshName("body"), graph);
    const read = choose(visible(graph), a);
    inner.addOutput(inner.addNode("Inner", [read, inner.addConstant("c", { dtype: "float32", shape: [], data: Float32Array.of(b) })]).outputs[0]!);
    graph.addNode("If", [choose(visible(graph), b)], { attributes: { then_branch: subgraph(inner) } });
  },
  setInput: (graph, [a, b, c]) => {
    const node = choose(graph.nodes, a);
    const value = choose([...visible(graph), undefined], b);
    if (node && !(value && wouldCycle(node, value))) node.setInput(c % 4, value);
  },
  replaceUses: (graph, [a, b]) => {
    const value = choose([...graph.values], a);
    const other = choose([...graph.values], b);
    if (value && other) value.replaceUses(other, (use) => !wouldCycle(use.node, other));
  },
  removeNode: (graph, [a]) => {
    const node = choose(graph.nodes, a);
    if (node) graph.removeNode(node);
  },
  removeValue: (graph, [a]) => {
    const value = choose([...graph.values], a);
    if (value) graph.removeValue(value);
  },
  insertBehind: (graph, [a]) => {
    const value = choose([...graph.values], a);
    const producer = value?.producer;
    if (!value || !producer) return;
    const moved = graph.addValue(graph.freshName("moved"));
    graph.setProducer(moved, producer, producer.outputs.indexOf(value));
    graph.setProducer(value, graph.addNode("Identity", [moved], { outputs: 0 }), 0);
  },
  rename: (graph, [a, b]) => {
    const value = choose([...graph.values], a);
    if (value) graph.rename(value, `name_${b % 20}`);
  },
  setOutput: (graph, [a, b]) => {
    const value = choose([...graph.values], a);
    if (value && !value.isInput && (value.producer || value.content)) graph.setOutput(b % (graph.outputs.length + 1), value);
  },
  addInput: (graph, [a]) => {
    graph.addInput(`input_${a % 5}`);
  },
  removeInput: (graph, [a]) => {
    const value = choose(graph.inputs, a);
    if (value) graph.removeInput(value);
  },
  setContent: (graph, [a, b]) => {
    const value = choose([...graph.values], a);
    const constant = choose(graph.initializers, b);
    if (value && constant) value.content = constant.content;
  },
  moveSubgraph: (graph, [a]) => {
    const holder = choose(
      graph.nodes.filter((node) => node.subgraphs.length > 0),
      a,
    );
    if (!holder) return;
    const successor = graph.addNode(holder.op, holder.inputs, { attributes: Object.fromEntries(holder.attributes), outputs: 0 });
    holder.outputs.forEach((output, index) => {
      graph.setProducer(output, successor, index);
    });
    graph.removeNode(holder);
  },
  dropAttribute: (graph, [a, b]) => {
    const node = choose(graph.nodes, a);
    const name = node && choose([...node.attributes.keys()], b);
    if (name !== undefined) node!.setAttribute(name, undefined);
  },
  pruneDead: (graph) => pruneDead(graph),
};

function apply(model: Model, { edit, pick }: Step): void {
  const graph = choose(allGraphs(model.graph), pick[0])!;
  try {
    choose(Object.values(edits), edit)!(graph, pick);
  } catch (error) {
    if (!QuantError.is(error)) throw error;
  }
}

describe("random edits", () => {
  it("never leave a broken link, also when they are refused", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const model = controlFlow();
        for (const each of steps) {
          apply(model, each);
          checkGraph(model.graph);
        }
        const copy = cloneModel(model);
        checkGraph(copy.graph);
        expect(describeGraph(copy.graph)).toEqual(describeGraph(model.graph));
      }),
      { numRuns: 200 },
    );
  });
});
