import type { Attribute, Graph, Node, Value } from "../../ir/index.ts";
import { QuantError } from "../../spec/index.ts";
import type { TypeOf } from "./value-types.ts";

/**
 * Carries one node over an operator-set version that changed its operator. What it adds is valid in that version: later
 * versions adapt it again. `typeOf` knows the values the model had before the upgrade. The node's outputs keep their
 * names.
 *
 * @throws `unsupported-op` for what the new version cannot express.
 */
export type Adaptor = (node: Node, typeOf: TypeOf) => void;

/** By operator, then by the version whose change the adaptor carries the node over. */
export type AdaptorTable = Readonly<Record<string, Readonly<Record<number, Adaptor>>>>;

/** Adds a node and answers with its one output. */
export function emit(graph: Graph, op: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
  return graph.addNode(op, inputs, { attributes }).outputs[0]!;
}

/** Puts a new node between output 0 of `node` and everything that reads it; the value that was read keeps its name. */
export function emitAfter(node: Node, op: string, inputs: (output: Value) => readonly Value[]): void {
  const { graph } = node;
  const result = node.outputs[0]!;
  const inner = graph.addValue(graph.freshName(`${node.name}_out`));
  inner.dtype = result.dtype;
  graph.setProducer(inner, node, 0);
  const last = graph.addNode(op, inputs(inner), { outputs: 0 });
  graph.setProducer(result, last, 0);
}

export function int64s(node: Node, role: string, values: readonly (number | bigint)[]): Value {
  return node.graph.addConstant(`${node.name}_${role}`, { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) });
}

export function floats32(node: Node, role: string, values: readonly number[]): Value {
  return node.graph.addConstant(`${node.name}_${role}`, { dtype: "float32", shape: [values.length], data: Float32Array.from(values) });
}

/** Turns an attribute that lists integers into the input at `index`; an absent attribute is an absent input. */
export function listToInput(attribute: string, index: number): Adaptor {
  return (node) => {
    const list = node.attributes.get(attribute);
    if (list?.kind !== "ints") return;
    node.setInput(index, int64s(node, attribute, list.value));
    node.setAttribute(attribute, undefined);
  };
}

export function unsupported(node: Node, why: string, advice: string): QuantError {
  return new QuantError("unsupported-op", `Node ${node.name} (${node.op}) ${why}; ${advice}.`, { details: { node: node.name, op: node.op } });
}
