import { byteLength, type Graph, type ModelFiles, type Node, readModel, tensorFromBytes, type Value, writeModel } from "@halftone/core";

/**
 * Writes out zero points that were left out. With optimizations saved for later, the runtime (1.30) refuses its own graph over
 * a Q or DQ without one: "the sum of input arg count is not equal to size of input defs".
 */
export function withZeroPoints(files: ModelFiles): ModelFiles {
  const model = readModel(files);
  const bare = model.graph.nodes.filter(({ op, inputs }) => (op === "QuantizeLinear" || op === "DequantizeLinear") && !inputs[2]);
  if (bare.length === 0) return files;
  for (const node of bare) writeZeroPoint(model.graph, node);
  return writeModel(model, files.external ? { externalFrom: smallestExternal } : {});
}

/** Bytes; what is smaller stays in the model. */
const smallestExternal = 1024;

function writeZeroPoint(graph: Graph, node: Node): void {
  const [source, scale] = node.inputs as [Value, Value];
  const dtype = node.op === "DequantizeLinear" ? source.dtype : node.outputs[0]?.dtype;
  if (dtype && scale.constant) node.setInputs([source, scale, zeros(graph, dtype, scale.constant.shape)]);
}

function zeros(graph: Graph, dtype: NonNullable<Value["dtype"]>, shape: readonly number[]): Value {
  return graph.addConstant("zero_point", tensorFromBytes(dtype, shape, new Uint8Array(byteLength(dtype, shape))));
}
