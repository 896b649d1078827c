import { string } from "../../ir/index.ts";
import { type Adaptor, type AdaptorTable, emit, floats32, unsupported } from "./adaptor.ts";
import { knownNumbers } from "./known-numbers.ts";

const scalesToInput: Adaptor = (node) => {
  const scales = node.attributes.get("scales");
  if (scales?.kind === "floats") node.setInput(1, floats32(node, "scales", scales.value));
  node.setAttribute("scales", undefined);
};

const becomeResize: Adaptor = (node) => {
  node.op = "Resize";
};

/**
 * Resize-10 maps an output position to `position / scale`; its nearest neighbour is the floor of that along an axis it
 * enlarges, and the ceiling along an axis it shrinks. Resize-11 has one rounding for all axes: where an operator does
 * both, or may do either, one operator enlarges and a second one shrinks.
 */
const nameTheCoordinates: Adaptor = (node) => {
  const { graph } = node;
  const [x, scales] = node.inputs;
  node.setInputs([x, undefined, scales]);
  node.setAttribute("coordinate_transformation_mode", string("asymmetric"));
  if (node.string("mode", "nearest") !== "nearest") return;
  const known = knownNumbers(scales);
  const enlarges = known?.every((scale) => scale >= 1);
  node.setAttribute("nearest_mode", string(enlarges ? "floor" : "ceil"));
  if (enlarges || known?.every((scale) => scale <= 1)) return;
  const one = graph.addConstant(`${node.name}_one`, { dtype: "float32", shape: [], data: Float32Array.of(1) });
  const enlarged = emit(graph, "Resize", [x, undefined, emit(graph, "Max", [scales, one])], {
    mode: string("nearest"),
    coordinate_transformation_mode: string("asymmetric"),
    nearest_mode: string("floor"),
  });
  node.setInputs([enlarged, undefined, emit(graph, "Min", [scales, one])]);
};

/** With u = (position + 0.5) / scale, `tf_half_pixel_for_nn` rounds u and `half_pixel` rounds u - 0.5. */
const roundingOneHalfLower: Readonly<Record<string, string>> = { floor: "round_prefer_ceil", round_prefer_floor: "ceil" };

const replaceHalfPixelForNearest: Adaptor = (node) => {
  if (node.string("coordinate_transformation_mode", "half_pixel") !== "tf_half_pixel_for_nn") return;
  const rounding = roundingOneHalfLower[node.string("nearest_mode", "round_prefer_floor")];
  if (node.string("mode", "nearest") !== "nearest" || !rounding) {
    throw unsupported(node, "uses tf_half_pixel_for_nn in a way that operator set 13 cannot express", "export the model with operator set 13 or newer");
  }
  node.setAttribute("coordinate_transformation_mode", string("half_pixel"));
  node.setAttribute("nearest_mode", string(rounding));
};

/** Resize-11 wanted an empty tensor for what is not given; `scales` had to be empty where `sizes` are given. */
const omitEmptyInputs: Adaptor = (node) => {
  if (knownNumbers(node.inputs[1])?.length === 0) node.setInput(1, undefined);
  if (node.inputs[3]) node.setInput(2, undefined);
};

export const resizing: AdaptorTable = {
  Upsample: { 9: scalesToInput, 10: becomeResize },
  Resize: {
    11: nameTheCoordinates,
    13: (node, typeOf) => {
      replaceHalfPixelForNearest(node, typeOf);
      omitEmptyInputs(node, typeOf);
    },
  },
};
