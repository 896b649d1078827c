import { type Adaptor, type AdaptorTable, unsupported } from "./adaptor.ts";

/** Outside training the ratio has no effect, and the mask means something else in every version. */
const leaveTraining: Adaptor = (node) => {
  const mask = node.outputs[1];
  if (mask && (mask.consumers.length > 0 || mask.isOutput)) {
    throw unsupported(node, `hands its mask out as ${mask.name}`, "export the model for inference, not for training");
  }
  node.setAttribute("ratio", undefined);
};

export const dropout: AdaptorTable = {
  Dropout: { 12: leaveTraining },
};
