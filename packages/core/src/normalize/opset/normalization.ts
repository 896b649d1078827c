import { int, type Node, type Value } from "../../ir/index.ts";
import { type Adaptor, type AdaptorTable, emit, emitAfter, int64s, unsupported } from "./adaptor.ts";

/** With `spatial` 0 every position has parameters of its own: the same as a batch of long vectors, one channel per position. */
const positionsToChannels: Adaptor = (node) => {
  const spatial = node.int("spatial", 1);
  node.setAttribute("spatial", undefined);
  if (spatial === 1) return;
  const { graph } = node;
  const [x, ...parameters] = node.inputs;
  const flatten = (value: Value | undefined) => emit(graph, "Reshape", [value, int64s(node, "flat", [-1])]);
  node.setInputs([emit(graph, "Flatten", [x], { axis: int(1) }), ...parameters.map(flatten)]);
  emitAfter(node, "Reshape", (matrix) => [matrix, emit(graph, "Shape", [x])]);
};

/** Training was asked for by reading the statistics; operator set 14 has another set of outputs and an attribute for it. */
const dropTrainingOutputs: Adaptor = (node) => {
  const read = node.outputs.find((output, index) => index > 0 && output && (output.consumers.length > 0 || output.isOutput));
  if (read) throw unsupported(node, `hands its running statistics out as ${read.name}`, "export the model for inference, not for training");
  node.graph.truncateOutputs(node, 1);
};

/** Scale and bias were given per group and are given per channel from 21 on: each is repeated for the channels of its group. */
const groupsToChannels: Adaptor = (node) => {
  const groups = node.int("num_groups", 1);
  const perGroup = channelsPerGroup(node, groups);
  for (const index of [1, 2]) {
    const column = emit(node.graph, "Reshape", [node.inputs[index], int64s(node, "column", [groups, 1])]);
    const rows = emit(node.graph, "Expand", [column, perGroup]);
    node.setInput(index, emit(node.graph, "Reshape", [rows, int64s(node, "flat", [-1])]));
  }
};

/** As a shape that a column of groups is expanded to. */
function channelsPerGroup(node: Node, groups: number): Value {
  const x = node.inputs[0]!;
  const channels = x.shape?.[1];
  if (typeof channels === "number") return int64s(node, "row", [1, channels / groups]);
  const count = emit(node.graph, "Div", [emit(node.graph, "Shape", [x], { start: int(1), end: int(2) }), int64s(node, "groups", [groups])]);
  return emit(node.graph, "Concat", [int64s(node, "one", [1]), count], { axis: int(0) });
}

export const normalization: AdaptorTable = {
  BatchNormalization: { 9: positionsToChannels, 14: dropTrainingOutputs },
  GroupNormalization: { 21: groupsToChannels },
};
