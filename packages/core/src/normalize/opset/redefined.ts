import { type Adaptor, type AdaptorTable, unsupported } from "./adaptor.ts";

const becomeScatterElements: Adaptor = (node) => {
  node.op = "ScatterElements";
};

const refuseBatchedScan: Adaptor = (node) => {
  throw unsupported(node, "is a Scan of operator set 8, which loops over batches too", "export the model with operator set 9 or newer");
};

/** Operators that live on under another name, or as something else under theirs. */
export const redefined: AdaptorTable = {
  Scan: { 9: refuseBatchedScan },
  Scatter: { 11: becomeScatterElements },
};
