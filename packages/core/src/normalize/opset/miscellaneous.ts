import { type Adaptor, type AdaptorTable, unsupported } from "./adaptor.ts";

/** Outside training the ratio has no effect, and the mask means something else in every version. */
const leaveTraining: Adaptor = (node) => {
  const mask = node.outputs[1];
  if (mask && (mask.consumers.length > 0 || mask.isOutput)) {
    throw unsupported(node, `hands its mask out as ${mask.name}`, "export the model for inference, not for training");
  }
  node.setAttribute("ratio", undefined);
};

const becomeScatterElements: Adaptor = (node) => {
  node.op = "ScatterElements";
};

const refuseBatchedScan: Adaptor = (node) => {
  throw unsupported(node, "is a Scan of operator set 8, which loops over batches too", "export the model with operator set 9 or newer");
};

const axisToInput: Adaptor = (node) => {
  const axis = node.graph.addConstant(`${node.name}_axis`, { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(node.int("axis", 1))) });
  node.setInput(2, axis);
  node.setAttribute("axis", undefined);
};

export const miscellaneous: AdaptorTable = {
  DFT: { 20: axisToInput },
  Dropout: { 12: leaveTraining },
  Scan: { 9: refuseBatchedScan },
  Scatter: { 11: becomeScatterElements },
};
