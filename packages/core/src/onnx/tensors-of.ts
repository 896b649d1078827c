import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, SparseTensorProto, TensorProto } from "./wire/messages.ts";

/** Every tensor of the model: of subgraphs, attributes, functions, training graphs and sparse tensors too. */
export function tensorsOf(model: ModelProto): TensorProto[] {
  const training = model.trainingInfo.flatMap((info) => [...ofGraph(info.initialization), ...ofGraph(info.algorithm)]);
  return [...ofGraph(model.graph), ...model.functions.flatMap(ofFunction), ...training];
}

function ofGraph(graph: GraphProto | undefined): TensorProto[] {
  return graph ? [...graph.initializer, ...graph.sparseInitializer.flatMap(ofSparse), ...graph.node.flatMap(ofNode)] : [];
}

function ofFunction(proto: FunctionProto): TensorProto[] {
  return [...proto.node.flatMap(ofNode), ...proto.attributeProto.flatMap(ofAttribute)];
}

function ofNode(node: NodeProto): TensorProto[] {
  return node.attribute.flatMap(ofAttribute);
}

function ofAttribute(attribute: AttributeProto): TensorProto[] {
  const tensors = attribute.t ? [attribute.t, ...attribute.tensors] : attribute.tensors;
  const sparse = attribute.sparseTensor ? [attribute.sparseTensor, ...attribute.sparseTensors] : attribute.sparseTensors;
  const graphs = attribute.g ? [attribute.g, ...attribute.graphs] : attribute.graphs;
  return [...tensors, ...sparse.flatMap(ofSparse), ...graphs.flatMap(ofGraph)];
}

function ofSparse(sparse: SparseTensorProto): TensorProto[] {
  return [sparse.values, sparse.indices].filter((tensor) => tensor !== undefined);
}
