import { type Adaptor, type AdaptorTable, listToInput } from "./adaptor.ts";

const axesToInput = listToInput("axes", 1);

const axisToInput: Adaptor = (node) => {
  const axis = node.graph.addConstant(`${node.name}_axis`, { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(node.int("axis", 1))) });
  node.setInput(2, axis);
  node.setAttribute("axis", undefined);
};

/** Axes became an input: in 13 where exporters compute them at run time, in 18 for the other reductions. */
export const axes: AdaptorTable = {
  DFT: { 20: axisToInput },
  Squeeze: { 13: axesToInput },
  Unsqueeze: { 13: axesToInput },
  ReduceSum: { 13: axesToInput },
  ReduceMean: { 18: axesToInput },
  ReduceMax: { 18: axesToInput },
  ReduceMin: { 18: axesToInput },
  ReduceProd: { 18: axesToInput },
  ReduceL1: { 18: axesToInput },
  ReduceL2: { 18: axesToInput },
  ReduceLogSum: { 18: axesToInput },
  ReduceLogSumExp: { 18: axesToInput },
  ReduceSumSquare: { 18: axesToInput },
};
