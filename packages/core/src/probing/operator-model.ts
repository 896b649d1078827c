import { type Attribute, createModel, type Graph, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { Dimension, IntegerDtype, ModelFiles, Tensor } from "../spec/index.ts";
import { type Codes, centreOf, codeTensor, rangeOf } from "./codes.ts";

/** One operator, alone between quantized tensors. */
export interface OperatorProbe {
  readonly op: string;
  /** Tells apart several ways to use one operator. */
  readonly variant?: string;
  /** The attribute values this variant stands for. */
  readonly where?: Readonly<Record<string, string>>;
  readonly role: "weighted" | "elementwise" | "pass-through";
  /** Shapes of the activations. */
  readonly inputs: readonly (readonly number[])[];
  /** Shape of the weight and the axis of its output channels. */
  readonly weight?: { readonly shape: readonly number[]; readonly channelAxis: number; readonly bias?: number };
  /** Feed numbers well above zero. */
  readonly positive?: boolean;
  /** Bounds of the result, where the operator gives them. */
  readonly bounds?: readonly [number, number];
  /** Adds the operator. `weights` holds the dequantized weight and the bias. */
  build(graph: Graph, activations: readonly Value[], weights: readonly Value[]): readonly Value[];
}

/** The types of one probe. */
export interface ProbeTypes {
  readonly activation: IntegerDtype;
  readonly weight?: IntegerDtype;
  readonly perChannel?: boolean;
  /** Codes of the weight stay inside this many bits. Default: all of the type's. */
  readonly weightBits?: number;
  /** The output stays float: no QuantizeLinear behind the operator. */
  readonly floatOutput?: boolean;
}

export interface Affine {
  readonly dtype: IntegerDtype;
  readonly scale: number;
  readonly zeroPoint: number;
}

export const inputBound = 2;

/** The encoding of the activations that are fed: 8 bits over [-2, 2], with a zero point off the middle. */
export function inputEncoding(dtype: IntegerDtype): Affine {
  const [low, high] = rangeOf(dtype);
  return { dtype, scale: (2 * inputBound) / (high - low), zeroPoint: centreOf(dtype) - 3 };
}

export function outputEncoding(probe: OperatorProbe, dtype: IntegerDtype, seen: readonly [number, number]): Affine {
  if (probe.role === "pass-through") return inputEncoding(dtype);
  const [low, high] = rangeOf(dtype);
  const [min, max] = probe.bounds ?? seen;
  const scale = (Math.max(max, 0) - Math.min(min, 0)) / (high - low);
  return { dtype, scale: Math.fround(scale), zeroPoint: low + Math.floor(-Math.min(min, 0) / scale + 0.5) };
}

/** The operator between DequantizeLinear and QuantizeLinear; without `output`, the last pair is left out. */
export function probeModel(probe: OperatorProbe, types: ProbeTypes, weight: Codes | undefined, output: Affine | undefined): ModelFiles {
  const model = createModel(21, "probe");
  const graph = model.graph;
  const encoding = inputEncoding(types.activation);
  const activations = probe.inputs.map((shape, index) => roundTrip(graph, graph.addInput(`x${index}`, "float32", shape), encoding));
  const weights = weight && probe.weight ? addWeights(graph, probe, weight, encoding.scale) : [];
  probe.build(graph, activations, weights).forEach((result, index) => {
    const value = output ? roundTrip(graph, result, output) : result;
    graph.rename(value, `y${index}`);
    value.dtype = "float32";
    graph.addOutput(value);
  });
  return writeModel(model);
}

/** The operator in float, with a weight that is stored as integers. */
export function weightsOnlyModel(probe: OperatorProbe, weight: Codes): ModelFiles {
  const model = createModel(21, "probe");
  const graph = model.graph;
  const activations = probe.inputs.map((shape, index) => graph.addInput(`x${index}`, "float32", shape));
  const { bias } = probe.weight!;
  const ramp =
    bias === undefined
      ? []
      : [
          float32(
            graph,
            [bias],
            Array.from({ length: bias }, (_, index) => index / bias),
          ),
        ];
  probe.build(graph, activations, [addWeight(graph, probe, weight), ...ramp]).forEach((result, index) => {
    graph.rename(result, `y${index}`);
    result.dtype = "float32";
    graph.addOutput(result);
  });
  return writeModel(model);
}

export function op(graph: Graph, name: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
  return graph.addNode(name, inputs, { attributes }).outputs[0]!;
}

export function int64(graph: Graph, values: readonly number[]): Value {
  return graph.addConstant("integers", { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) });
}

export function float32(graph: Graph, shape: readonly Dimension[], values: readonly number[]): Value {
  return graph.addConstant("floats", { dtype: "float32", shape: shape.map(Number), data: Float32Array.from(values) });
}

function roundTrip(graph: Graph, value: Value, { dtype, scale, zeroPoint }: Affine): Value {
  const step = float32(graph, [], [scale]);
  const zero = graph.addConstant("zero", codeTensor(dtype, [], [zeroPoint]));
  return op(graph, "DequantizeLinear", [op(graph, "QuantizeLinear", [value, step, zero]), step, zero]);
}

function addWeights(graph: Graph, probe: OperatorProbe, weight: Codes, activationScale: number): readonly Value[] {
  const dequantized = addWeight(graph, probe, weight);
  return probe.weight!.bias === undefined ? [dequantized] : [dequantized, addBias(graph, probe.weight!.bias, weight.scales, activationScale)];
}

function addWeight(graph: Graph, probe: OperatorProbe, weight: Codes): Value {
  const axis: Readonly<Record<string, Attribute>> = weight.scales.length > 1 ? { axis: { kind: "int", value: BigInt(probe.weight!.channelAxis) } } : {};
  const shape = weight.scales.length > 1 ? [weight.scales.length] : [];
  const scale = float32(graph, shape, weight.scales);
  const zero = graph.addConstant(
    "weight_zero",
    codeTensor(
      weight.dtype,
      shape,
      weight.scales.map(() => centreOf(weight.dtype)),
    ),
  );
  return op(graph, "DequantizeLinear", [graph.addConstant("weight", codeTensor(weight.dtype, probe.weight!.shape, weight.values)), scale, zero], axis);
}

function addBias(graph: Graph, length: number, weightScales: readonly number[], activationScale: number): Value {
  const codes: Tensor = { dtype: "int32", shape: [length], data: Int32Array.from({ length }, (_, index) => (index - 1) * 37) };
  const scales = weightScales.map((scale) => Math.fround(Math.fround(scale) * Math.fround(activationScale)));
  const perChannel = scales.length > 1;
  const axis: Readonly<Record<string, Attribute>> = perChannel ? { axis: { kind: "int", value: 0n } } : {};
  return op(graph, "DequantizeLinear", [graph.addConstant("bias", codes), float32(graph, perChannel ? [length] : [], scales)], axis);
}
