import type { Graph, Use, Value } from "../../ir/index.ts";
import { codeRange, containerBits, isSigned } from "../../numerics/index.ts";
import type { AffineEncoding } from "../../spec/index.ts";
import { axisAttributes, type EncodingConstants } from "../encoding-constants.ts";
import { setApart, setWeightsApart } from "./set-apart.ts";

export function lowerAffine(graph: Graph, source: Value, encoding: AffineEncoding, readers: readonly Use[], constants: EncodingConstants): void {
  const dequantized = addQuantizePair(graph, source, encoding, constants);
  for (const use of readers) use.node.setInput(use.input, dequantized);
  if (encoding.axis !== undefined) setWeightsApart(graph, readers);
}

/** QuantizeLinear and DequantizeLinear behind `value`, with a Clip in front of them, or between them, where the grid is narrower than its container. Answers the dequantized value. */
export function addQuantizePair(graph: Graph, value: Value, encoding: AffineEncoding, constants: EncodingConstants): Value {
  if (encoding.axis === undefined) return addPair(graph, value, encoding, constants);
  // ONNX Runtime takes an Add beside a pair with several scales for an integer kernel that it does not have, and refuses the model.
  return setApart(graph, value, "read_apart", addPair(graph, setApart(graph, value, "apart", value), encoding, constants));
}

function addPair(graph: Graph, value: Value, encoding: AffineEncoding, constants: EncodingConstants): Value {
  const scale = constants.scale(encoding);
  const zeroPoint = constants.zeroPoint(encoding);
  const attributes = axisAttributes(encoding);
  const isNarrow = encoding.bits !== undefined;
  const onCodes = isNarrow && containerBits[encoding.dtype] === 8 && kernels.has(value.producer?.op ?? "");
  const quantize = graph.addNode("QuantizeLinear", [isNarrow && !onCodes ? clipToGrid(graph, value, encoding) : value, scale, zeroPoint], {
    name: `${value.name}_quantize`,
    attributes,
    outputs: [graph.freshName(`${value.name}_quantized`)],
  });
  const quantized = describeLike(value, quantize.outputs[0]!, encoding.dtype);
  const dequantize = graph.addNode("DequantizeLinear", [onCodes ? clipCodes(graph, quantized, encoding) : quantized, scale, zeroPoint], {
    name: `${value.name}_dequantize`,
    attributes,
    outputs: [graph.freshName(`${value.name}_dequantized`)],
  });
  return describeLike(value, dequantize.outputs[0]!);
}

/** What an integer kernel may answer: it stores codes, and gives up where a Clip stands before QuantizeLinear. Behind it, the Clip moves a quarter of the bytes. */
const kernels = new Set(["Conv", "ConvTranspose", "MatMul", "Gemm", "Add", "Mul", "AveragePool", "GlobalAveragePool", "LeakyRelu"]);

/** QuantizeLinear saturates at the ends of the container, codes of fewer bits end before. Clip has kernels for types of 8 bits, and none for 16. */
function clipCodes(graph: Graph, quantized: Value, encoding: AffineEncoding): Value {
  const { min, max } = codeRange(encoding);
  const bound = (code: number): Value => {
    const data = isSigned(encoding.dtype) ? Int8Array.of(code) : Uint8Array.of(code);
    return graph.addConstant("code_bound", { dtype: encoding.dtype, shape: [], data });
  };
  return addClip(graph, quantized, "Clip", [bound(min), bound(max)]);
}

/** The same before codes are made. In the way of a kernel, Max and Min are not taken for a part of it, as Clip is. */
function clipToGrid(graph: Graph, value: Value, encoding: AffineEncoding): Value {
  const { min, max } = codeRange(encoding);
  const isClip = encoding.axis === undefined && !kernels.has(value.producer?.op ?? "");
  if (isClip) return addClip(graph, value, "Clip", [boundsOf(graph, encoding, min), boundsOf(graph, encoding, max)]);
  const rank = encoding.axis === undefined ? 0 : (value.shape?.length ?? encoding.axis + 1);
  const above = addClip(graph, value, "Max", [boundsOf(graph, encoding, min, rank)]);
  return addClip(graph, above, "Min", [boundsOf(graph, encoding, max, rank)]);
}

function addClip(graph: Graph, value: Value, op: "Clip" | "Max" | "Min", bounds: readonly Value[]): Value {
  const clip = graph.addNode(op, [value, ...bounds], { name: `${value.name}_clip`, outputs: [graph.freshName(`${value.name}_clipped`)] });
  return describeLike(value, clip.outputs[0]!, value.dtype);
}

/** What a code stands for: a scalar, or one value per channel in a shape that broadcasts along the axis. */
function boundsOf(graph: Graph, { scale, zeroPoint, axis }: AffineEncoding, code: number, rank = 0): Value {
  const data = Float32Array.from(scale, (step, channel) => (code - zeroPoint[channel]!) * step);
  const shape = Array.from({ length: rank }, (_, index) => (index === axis ? scale.length : 1));
  return graph.addConstant("clip_bound", { dtype: "float32", shape, data });
}

function describeLike(value: Value, result: Value, dtype: Value["dtype"] = "float32"): Value {
  result.dtype = dtype;
  result.shape = value.shape;
  return result;
}
