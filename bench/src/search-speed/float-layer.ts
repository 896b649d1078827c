import { createModel, type ModelFiles, type Tensor, type Tensors, writeModel } from "@halftone/core";

const workingOpset = 21;

/** The product of a layer in float as a model of one node, and what to feed it: `left` [B, R, D] and `right` [B, D, M], which is part of the model where it is a weight. */
export function floatLayer(left: Tensor, right: Tensor, isWeight: boolean): { readonly model: ModelFiles; readonly feeds: Tensors } {
  const model = createModel(workingOpset);
  const { graph } = model;
  const sides = [graph.addInput("left", "float32", left.shape), isWeight ? graph.addConstant("right", right) : graph.addInput("right", "float32", right.shape)];
  const product = graph.addNode("MatMul", sides).outputs[0]!;
  product.dtype = "float32";
  graph.addOutput(product);
  return { model: writeModel(model), feeds: { left, ...(!isWeight && { right }) } };
}
