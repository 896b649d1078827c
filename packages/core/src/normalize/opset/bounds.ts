import type { Node, Value } from "../../ir/index.ts";
import { int } from "../../ir/index.ts";
import { dataTypeOf } from "../../onnx/index.ts";
import type { Dtype } from "../../spec/index.ts";
import { type Adaptor, type AdaptorTable, emit, listToInput } from "./adaptor.ts";
import type { TypeOf } from "./value-types.ts";

/** Clip-6 compares with these where a bound is not given; so does Clip-11, which must then not be given them. */
const defaultBounds: Readonly<Record<string, number>> = { min: Math.fround(-3.4028234663852886e38), max: Math.fround(3.4028234663852886e38) };

const clipBoundsToInputs: Adaptor = (node, typeOf) => {
  for (const [index, name] of [
    [1, "min"],
    [2, "max"],
  ] as const) {
    const bound = node.float(name, defaultBounds[name]!);
    if (bound !== defaultBounds[name]) node.setInput(index, scalarLikeInput(node, name, bound, typeOf));
    node.setAttribute(name, undefined);
  }
};

const padToInputs: Adaptor = (node, typeOf) => {
  listToInput("pads", 1)(node, typeOf);
  const value = node.float("value", 0);
  if (value !== 0) node.setInput(2, scalarLikeInput(node, "value", value, typeOf));
  node.setAttribute("value", undefined);
};

export const bounds: AdaptorTable = {
  Clip: { 11: clipBoundsToInputs },
  Pad: { 11: padToInputs },
};

/** An attribute was float32 whatever the input's type was; the input that replaces it has the type of input 0. */
function scalarLikeInput(node: Node, role: string, value: number, typeOf: TypeOf): Value {
  const data = Float32Array.of(value);
  const scalar = node.graph.addConstant(`${node.name}_${role}`, { dtype: "float32", shape: [], data });
  const dtype: Dtype | undefined = typeOf(node.inputs[0]).dtype;
  if (dtype === "float32") return scalar;
  if (dtype === undefined) return emit(node.graph, "CastLike", [scalar, node.inputs[0]]);
  return emit(node.graph, "Cast", [scalar], { to: int(dataTypeOf(dtype)) });
}
