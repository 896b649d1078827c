/**
 * Logarithmic grids, in float: no operator of ONNX stores them.
 *
 *     v = scale / clip(x)        code = round(steps log2(v))        real = scale exp(-code ln(2) / steps), or 0
 *
 * The clip's lower end is where the first code lies that the grid does not have. Leading bits change code at 1.5 times a power of two, the
 * nearest exponent at sqrt2 times one: the dividend's factor moves the one to the other. A table to look the codes up in would be exact, and takes
 * four times as long as everything here together.
 */
import type { Graph, Use, Value } from "../../ir/index.ts";
import { logLevels, stepsPerPower } from "../../numerics/index.ts";
import type { LogEncoding } from "../../spec/index.ts";
import { addLike, type LikeOptions } from "./add-like.ts";
import { setWeightsApart } from "./set-apart.ts";

/** A value on the threshold itself has to stay above it, whatever the logarithm's rounding. */
const leadingBitFactor = (Math.SQRT2 / 1.5) * (1 + 2 ** -16);

export function lowerLog(graph: Graph, source: Value, encoding: LogEncoding, readers: readonly Use[]): void {
  const { scale, rounding } = encoding;
  const levels = logLevels(encoding);
  const steps = stepsPerPower(encoding.base);
  const clipped = add("Clip", [source, scalar(scale * 2 ** (-levels / steps)), scalar(scale)]);
  const ratio = add("Div", [scalar(rounding === "leading-bit" ? scale * leadingBitFactor : scale), clipped]);
  const code = add("Round", [add("Mul", [add("Log", [ratio]), scalar(steps / Math.LN2)])]);
  const power = add("Exp", [add("Mul", [code, scalar(-Math.LN2 / steps)])]);
  const scaled = scale === 1 ? power : add("Mul", [power, scalar(scale)]);
  const isOnGrid = add("Less", [code, scalar(levels)], { dtype: "bool" });
  const real = add("Where", [isOnGrid, scaled, scalar(0)]);
  for (const use of readers) use.node.setInput(use.input, real);
  setWeightsApart(graph, readers);

  function add(op: string, inputs: readonly Value[], options?: LikeOptions): Value {
    return addLike(graph, source, `log_${op.toLowerCase()}`, op, inputs, options);
  }

  function scalar(value: number): Value {
    return graph.addConstant("log_constant", { dtype: "float32", shape: [], data: Float32Array.of(value) });
  }
}
