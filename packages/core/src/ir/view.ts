import type { AttributeView, GraphView, NodeView, ValueView } from "../spec/index.ts";
import { graphsOfAttribute } from "./attribute.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import type { Value } from "./value.ts";

/**
 * A graph that a plugin can only read: its objects have no mutators to reach by a cast, and its lists are copies.
 * It follows the graph as that changes; equal parts are the same object within one view.
 */
export function viewOf(root: Graph): GraphView {
  const graphs = new Map<Graph, GraphView>();
  const nodes = new WeakMap<Node, NodeView>();
  const values = new WeakMap<Value, ValueView>();
  return viewOfGraph(root);

  function viewOfGraph(graph: Graph): GraphView {
    return once(graphs, graph, () => ({
      get name() {
        return graph.name;
      },
      get inputs() {
        return graph.inputs.map(viewOfValue);
      },
      get outputs() {
        return graph.outputs.map(viewOfValue);
      },
      get nodes() {
        return graph.nodes.map(viewOfNode);
      },
      value: (name) => optional(graph.value(name), viewOfValue),
      node: (name) => optional(graph.node(name), viewOfNode),
    }));
  }

  function viewOfNode(node: Node): NodeView {
    return once(nodes, node, () => ({
      name: node.name,
      get op() {
        return node.op;
      },
      get domain() {
        return node.domain;
      },
      get inputs() {
        return node.inputs.map((value) => optional(value, viewOfValue));
      },
      get outputs() {
        return node.outputs.map((value) => optional(value, viewOfValue));
      },
      attribute: (name) => attributeOf(node, name),
    }));
  }

  function attributeOf(node: Node, name: string): AttributeView | undefined {
    const attribute = node.attributes.get(name);
    if (attribute?.kind === "graph") return viewOfGraph(graphsOfAttribute(attribute)[0]!);
    const view = node.attribute(name);
    return Array.isArray(view) ? [...view] : view;
  }

  function viewOfValue(value: Value): ValueView {
    return once(values, value, () => ({
      get name() {
        return value.name;
      },
      get dtype() {
        return value.dtype;
      },
      get shape() {
        return optional(value.shape, (shape) => [...shape]);
      },
      get constant() {
        return optional(value.constant, (tensor) => ({ ...tensor }));
      },
      get producer() {
        return optional(value.producer, viewOfNode);
      },
      get consumers() {
        return value.consumers.map((use) => ({ node: viewOfNode(use.node), input: use.input }));
      },
      get isOutput() {
        return value.isOutput;
      },
    }));
  }
}

function once<Key extends object, View extends object>(
  made: { get(key: Key): View | undefined; set(key: Key, view: View): unknown },
  key: Key,
  make: () => View,
): View {
  const known = made.get(key);
  if (known) return known;
  const view = Object.freeze(make());
  made.set(key, view);
  return view;
}

function optional<In, Out>(value: In | undefined, convert: (value: In) => Out): Out | undefined {
  return value === undefined ? undefined : convert(value);
}
