import type { Attribute, Graph, Value } from "../../ir/index.ts";
import type { Dtype } from "../../spec/index.ts";

export interface LikeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Default float32. */
  readonly dtype?: Dtype;
}

/** The result of a new node that works element by element: shaped as `model`, and named after it. */
export function addLike(graph: Graph, model: Value, suffix: string, op: string, inputs: readonly Value[], options: LikeOptions = {}): Value {
  const { attributes = {}, dtype = "float32" } = options;
  const name = `${model.name}_${suffix}`;
  const result = graph.addNode(op, inputs, { name, attributes, outputs: [graph.freshName(name)] }).outputs[0]!;
  result.dtype = dtype;
  result.shape = model.shape;
  return result;
}
