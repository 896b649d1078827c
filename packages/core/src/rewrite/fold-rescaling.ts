/**
 * x' = x / scale - shift, computed by what computes x: the affine part of a normalization, constants of a Mul and an Add, or the
 * weights of a product, whose codes stay as they are while the steps of their output channels change.
 */
import { constantFromTensor, type Graph, type Node, type Value } from "../ir/index.ts";
import { floatValues } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { computesOnGrid, entryOf, isShifted } from "../plan/index.ts";
import type { AffineEncoding, QuantPlan, Rescaling } from "../spec/index.ts";
import { channelConstant } from "./channel-constant.ts";
import { divideChannels } from "./divide-channels.ts";
import { removeUnread } from "./weights.ts";

type Edit = () => void;

export interface PlacedRescaling extends Rescaling {
  /** How many dimensions follow that of the channels. */
  readonly inner: number;
}

/** False where nothing in front can do it: then nothing was changed. Steps of weights are changed in `encodings`. */
export function foldRescaling(
  graph: Graph,
  value: Value,
  rescaling: PlacedRescaling,
  nodes: QuantPlan["nodes"],
  encodings: Map<string, AffineEncoding>,
): boolean {
  const edits = editsAt(value, rescaling);
  for (const edit of edits ?? []) edit();
  return edits !== undefined;

  function editsAt(output: Value, wanted: Rescaling): readonly Edit[] | undefined {
    const producer = output.producer;
    if (producer?.domain !== "" || producer.outputs[0] !== output || producer.graph !== graph) return undefined;
    switch (producer.op) {
      case "Relu":
        return isShifted(wanted.shift) ? undefined : editsBefore(producer.inputs[0], wanted);
      case "LayerNormalization":
        return editNormalization(producer, wanted);
      case "Mul":
        return isShifted(wanted.shift) ? undefined : editConstant(producer, (each, channel) => each / wanted.scale[channel]!);
      case "Add":
        return editAdd(producer, wanted);
      case "Conv":
      case "ConvTranspose":
      case "Gemm":
      case "MatMul":
        return editProduct(producer, wanted);
      default:
        return undefined;
    }
  }

  /** What only the node behind reads, and nobody has put on a grid. */
  function editsBefore(inner: Value | undefined, wanted: Rescaling): readonly Edit[] | undefined {
    return inner && !inner.content && !inner.isOutput && inner.consumers.length === 1 && !encodings.has(inner.name) ? editsAt(inner, wanted) : undefined;
  }

  function editNormalization(node: Node, { scale, shift, axis }: Rescaling): readonly Edit[] | undefined {
    const first = Number(node.attribute("axis") ?? -1);
    if (rescaling.inner !== 0 || (first !== -1 && first !== axis) || node.inputs[1]?.content?.shape.length !== 1) return undefined;
    const edits = [editInput(node, 1, (each, channel) => each / scale[channel]!)];
    if (node.inputs[2]) edits.push(editInput(node, 2, (each, channel) => each / scale[channel]! - (shift?.[channel] ?? 0)));
    else if (isShifted(shift)) {
      const bias = Float32Array.from(shift, (each) => -each);
      edits.push([() => node.setInput(2, channelConstant(graph, `${node.name}_shift`, bias, 0))]);
    }
    return joined(edits);
  }

  function editAdd(node: Node, { scale, shift, axis }: Rescaling): readonly Edit[] | undefined {
    const constant = editConstant(node, (each, channel) => each / scale[channel]! - (shift?.[channel] ?? 0));
    const other = node.inputs.find((input) => !input?.content);
    const inner = scale.every((each) => each === 1) ? [] : editsBefore(other, { axis, scale });
    return joined([inner, constant]);
  }

  function editProduct(node: Node, { scale, shift, axis }: Rescaling): readonly Edit[] | undefined {
    const { biasInput, channelAxis } = weightLayoutOf(node)!;
    const weight = node.inputs[1]?.content ? node.inputs[1] : undefined;
    const isMatrix = node.op === "Gemm" || node.op === "MatMul";
    if (!weight || (isMatrix ? rescaling.inner !== 0 : axis !== 1) || (biasInput === undefined && isShifted(shift))) return undefined;
    const edits = [computesOnGrid(entryOf(nodes, node.name)) ? editSteps(weight, channelAxis, scale) : editWeight(node, weight, channelAxis, scale)];
    if (biasInput !== undefined && (node.inputs[biasInput] || isShifted(shift))) edits.push(editBias(node, biasInput, scale, shift));
    return joined(edits);
  }

  /** The codes stay: only what a step of each output channel stands for changes. */
  function editSteps(weight: Value, channelAxis: number, scale: readonly number[]): readonly Edit[] | undefined {
    const encoding = encodings.get(weight.name);
    if (!encoding || encoding.axis !== channelAxis || encoding.block !== undefined || encoding.scale.length !== scale.length) return undefined;
    if (weight.consumers.length !== 1 || weight.isOutput) return undefined;
    const steps = encoding.scale.map((step, channel) => Math.fround(step / scale[channel]!));
    const data = divideChannels(weight, channelAxis, scale);
    const edit = (): void => {
      encodings.set(weight.name, { ...encoding, scale: steps });
      weight.content = constantFromTensor({ dtype: "float32", shape: weight.content!.shape, data });
    };
    return [edit];
  }

  function editWeight(node: Node, weight: Value, channelAxis: number, scale: readonly number[]): readonly Edit[] | undefined {
    const { shape, dtype } = weight.content!;
    if (dtype !== "float32" || shape[channelAxis] !== scale.length) return undefined;
    return [() => replaceInput(node, 1, graph.addConstant(weight.name, { dtype, shape, data: divideChannels(weight, channelAxis, scale) }))];
  }

  function editBias(node: Node, input: number, scale: readonly number[], shift: Rescaling["shift"]): readonly Edit[] | undefined {
    if (node.inputs[input]) return editInput(node, input, (each, channel) => each / scale[channel]! - (shift?.[channel] ?? 0));
    const data = Float32Array.from(scale, (_, channel) => -(shift?.[channel] ?? 0));
    return [() => node.setInput(input, graph.addConstant(`${node.name}_bias`, { dtype: "float32", shape: [data.length], data }))];
  }

  /** The constant side of a Mul or an Add. */
  function editConstant(node: Node, change: (each: number, channel: number) => number): readonly Edit[] | undefined {
    const input = node.inputs.findIndex((each) => each?.content);
    return input < 0 ? undefined : editInput(node, input, change);
  }

  /** A constant input that is one number, or one per channel. */
  function editInput(node: Node, input: number, change: (each: number, channel: number) => number): readonly Edit[] | undefined {
    const content = node.inputs[input]?.content;
    const { scale } = rescaling;
    if (content?.dtype !== "float32") return undefined;
    const values = floatValues(content.tensor());
    const isVector = node.op !== "Mul" && node.op !== "Add";
    const inner = isVector ? 0 : rescaling.inner;
    const perChannel = values.length === scale.length && content.shape.at(-1 - inner) === scale.length;
    if (!perChannel && values.length !== 1) return undefined;
    const data = Float32Array.from(scale, (_, channel) => change(values[perChannel ? channel : 0]!, channel));
    const name = node.inputs[input]!.name;
    return [() => replaceInput(node, input, channelConstant(graph, name, data, inner))];
  }

  function replaceInput(node: Node, input: number, constant: Value): void {
    const previous = node.inputs[input]!;
    node.setInput(input, constant);
    removeUnread(graph, previous);
  }
}

function joined(edits: readonly (readonly Edit[] | undefined)[]): readonly Edit[] | undefined {
  return edits.every((each) => each !== undefined) ? edits.flat() : undefined;
}
