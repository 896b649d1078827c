import { int, type Node } from "../../ir/index.ts";
import type { Dimension } from "../../spec/index.ts";
import { type Adaptor, type AdaptorTable, emit, emitAfter } from "./adaptor.ts";
import type { TypeOf } from "./value-types.ts";

/**
 * Until 13 these operators saw a matrix: the axes before `axis` were its rows, those from `axis` on its columns. Where
 * the columns are one axis of the tensor it is enough to name that axis; else the matrix is made explicit.
 */
const nameTheAxis: Adaptor = (node, typeOf) => {
  const axis = node.int("axis", 1);
  const columns = columnAxis(node, axis, typeOf);
  node.setAttribute("axis", int(columns ?? -1));
  if (columns !== undefined) return;
  const { graph } = node;
  const x = node.inputs[0]!;
  node.setInput(0, emit(graph, "Flatten", [x], { axis: int(axis) }));
  emitAfter(node, "Reshape", (matrix) => [matrix, emit(graph, "Shape", [x])]);
};

/** The one axis that the columns consist of, counted from the end where it is the last. */
function columnAxis(node: Node, axis: number, typeOf: TypeOf): number | undefined {
  const x = node.inputs[0];
  const rank = typeOf(x).rank;
  if (axis === -1 || axis === rank! - 1) return -1;
  if (rank === undefined || !x?.shape) return undefined;
  const first = axis < 0 ? axis + rank : axis;
  const wide = x.shape.flatMap((dimension: Dimension, index) => (index >= first && dimension !== 1 ? [index] : []));
  if (wide.length > 1) return undefined;
  return wide.length === 0 ? -1 : wide[0];
}

export const softmax: AdaptorTable = {
  Softmax: { 13: nameTheAxis },
  LogSoftmax: { 13: nameTheAxis },
  Hardmax: { 13: nameTheAxis },
};
