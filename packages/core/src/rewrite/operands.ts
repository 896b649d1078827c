import type { Graph, Use, Value } from "../ir/index.ts";
import { isShifted } from "../plan/index.ts";
import type { Encoding, OperandPlan, Rescaling } from "../spec/index.ts";
import { channelConstant, innerDimensions } from "./channel-constant.ts";
import type { EncodingConstants } from "./encoding-constants.ts";
import { lowerOperand } from "./lowering/index.ts";

/** Grids of products, collected first: lowering one operand may double the products that read another. */
export interface Operands {
  /** `readers` read `source` on the grid of `operand`. What is left of its rescaling is computed here. */
  add(source: Value, operand: OperandPlan, readers: readonly Use[]): void;
  lower(): void;
}

export function createOperands(graph: Graph, constants: EncodingConstants): Operands {
  const waiting: { readonly placeholder: Value; readonly source: Value; readonly encoding: Encoding }[] = [];
  return {
    add: (source, { encoding, rescaling }, readers) => {
      const rescaled = rescaling ? addRescaling(graph, source, rescaling, innerDimensions(readers[0]!)) : source;
      const placeholder = graph.addNode("Identity", [rescaled]).outputs[0]!;
      for (const use of readers) use.node.setInput(use.input, placeholder);
      waiting.push({ placeholder, source: rescaled, encoding });
    },
    lower: () => {
      for (const { placeholder, source, encoding } of waiting) {
        lowerOperand(graph, source, encoding, [...placeholder.consumers], constants);
        graph.removeNode(placeholder.producer!);
      }
    },
  };
}

/** x / scale - shift, for channels that `inner` dimensions follow. */
export function addRescaling(graph: Graph, value: Value, { scale, shift }: Rescaling, inner: number): Value {
  const factor = channelConstant(
    graph,
    "rescaling",
    Float32Array.from(scale, (each) => 1 / each),
    inner,
  );
  const scaled = addLike("Mul", value, factor);
  if (!isShifted(shift)) return scaled;
  return addLike(
    "Add",
    scaled,
    channelConstant(
      graph,
      "rescaling_shift",
      Float32Array.from(shift, (each) => -each),
      inner,
    ),
  );

  function addLike(op: "Mul" | "Add", left: Value, right: Value): Value {
    const result = graph.addNode(op, [left, right], { name: `${value.name}_rescale`, outputs: [graph.freshName(`${value.name}_rescaled`)] }).outputs[0]!;
    result.dtype = "float32";
    result.shape = value.shape;
    return result;
  }
}
