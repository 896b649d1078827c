import { Graph } from "./graph.ts";

/** A model: a graph and the operator sets it is written in. */
export interface Model {
  irVersion: number;
  /** Version by domain; the standard domain is the empty string. */
  readonly opsets: Map<string, number>;
  producerName: string;
  producerVersion: string;
  readonly metadata: Map<string, string>;
  readonly graph: Graph;
  /** What the codec must write back and nobody else reads. */
  origin?: unknown;
}

export function createModel(opset: number, name = "graph"): Model {
  return { irVersion: 10, opsets: new Map([["", opset]]), producerName: "halftone", producerVersion: "", metadata: new Map(), graph: new Graph(name) };
}

/** The version of the standard operator set; 0 when the model uses none of its operators. Before IR version 3 there was only the first. */
export function opsetOf(model: Model): number {
  return model.opsets.get("") ?? (model.irVersion < 3 ? 1 : 0);
}
