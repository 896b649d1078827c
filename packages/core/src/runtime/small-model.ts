import { type Attribute, createModel, type Graph, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { ModelFiles } from "../spec/index.ts";

const opset = 21;

/** What a small model is built with: nodes by operator. */
export interface SmallGraph {
  op(op: string, inputs: readonly Value[], attributes?: Readonly<Record<string, Attribute>>): Value;
}

/** A model of a few nodes over float32 inputs of rank 3 and any size. Its output is called `result`. */
export function smallModel<Name extends string>(
  names: readonly Name[],
  build: (graph: SmallGraph, inputs: Readonly<Record<Name, Value>>) => Value,
): ModelFiles {
  const model = createModel(opset);
  const { graph } = model;
  const inputs = Object.fromEntries(names.map((name) => [name, graph.addInput(name, "float32", ["", "", ""])])) as Record<Name, Value>;
  const result = build(builderOf(graph), inputs);
  graph.rename(result, "result");
  result.dtype = "float32";
  graph.addOutput(result);
  return writeModel(model);
}

function builderOf(graph: Graph): SmallGraph {
  return {
    op: (op, inputs, attributes = {}) => graph.addNode(op, inputs, { attributes }).outputs[0]!,
  };
}
