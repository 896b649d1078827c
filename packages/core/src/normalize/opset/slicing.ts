import { int } from "../../ir/index.ts";
import { type Adaptor, type AdaptorTable, int64s, listToInput } from "./adaptor.ts";

const boundsToInputs: Adaptor = (node, typeOf) => {
  listToInput("starts", 1)(node, typeOf);
  listToInput("ends", 2)(node, typeOf);
  listToInput("axes", 3)(node, typeOf);
};

/** Until 18 equal parts were said by leaving the sizes out, and counted by the outputs. */
const countParts: Adaptor = (node) => {
  if (!node.inputs[1]) node.setAttribute("num_outputs", int(node.outputs.length));
};

const countToInput: Adaptor = (node) => {
  node.setInput(1, int64s(node, "k", [node.int("k", 1)]));
  node.setAttribute("k", undefined);
};

export const slicing: AdaptorTable = {
  Slice: { 10: boundsToInputs },
  Split: { 13: listToInput("split", 1), 18: countParts },
  TopK: { 10: countToInput },
};
