/**
 * Computes hidden units by layers of their own. For y = W2 f(W1 x + b1) and the units U,
 *
 *     y = W2' f(W1' x + b1') + W2[:, U] f(W1[U] x + b1[U])
 *
 * where W1', b1' and W2' are zero at U: the same network in real numbers, of which each part has grids of its own.
 */
import { constantFromTensor, type Node, type Value } from "../ir/index.ts";
import type { Tensor } from "../spec/index.ts";
import type { HiddenLayer } from "./hidden-layers.ts";
import { biasOf, type Layer } from "./layer.ts";
import { takeSlices, zeroSlices } from "./slices.ts";
import { unitAxis } from "./unit-axis.ts";

/** Nodes and tensors of the network keep their names; those of the units end in `_outliers`. */
export function partUnits({ first, between, hidden, axis, second }: HiddenLayer, units: readonly number[]): void {
  const copies = new Map<Value, Value>();
  const add = (node: Node, inputs: readonly (Value | undefined)[]): void => {
    const original = node.outputs[0]!;
    const copy = node.graph.addNode(node.op, inputs, { name: `${node.name}_outliers`, attributes: Object.fromEntries(node.attributes) }).outputs[0]!;
    copy.dtype = original.dtype;
    if (original.shape) copy.shape = node === second.node ? original.shape : original.shape.with(axis, units.length);
    copies.set(original, copy);
  };
  const rank = hidden.shape!.length;
  const bias = biasOf(first);
  const firstBias = bias && taken(bias.value, bias.axis, units);
  add(first.node, [first.node.inputs[0], taken(first.weight, first.outputAxis, units), firstBias]);
  zero(first.node, 1, first.outputAxis, units);
  if (bias && typeof bias.axis === "number") zero(first.node, bias.input, bias.axis, units);
  for (const node of between) {
    const axisOf = (value: Value): ReturnType<typeof unitAxis> => unitAxis(value.content?.shape ?? [], { axis, rank, units: first.outputs });
    add(
      node,
      node.inputs.map((value) => value && (copies.get(value) ?? taken(value, axisOf(value), units))),
    );
    if (node.op !== "Add" && node.op !== "Sub") continue;
    node.inputs.forEach((value, input) => {
      const own = value?.content && axisOf(value);
      if (typeof own === "number") zero(node, input, own, units);
    });
  }
  add(second.node, [copies.get(hidden), taken(second.weight, second.inputAxis, units)]);
  zero(second.node, 1, second.inputAxis, units);
  addTo(answerOf(second), copies.get(second.node.outputs[0]!)!);
}

/** What a constant is for the units; one that does not tell units apart serves all. */
function taken(value: Value, axis: number | "shared" | "mixed", units: readonly number[]): Value {
  return typeof axis === "number" ? value.graph.addConstant(`${value.name}_outliers`, takeSlices(value.constant!, axis, units)) : value;
}

/** A constant that others read stays theirs. */
function zero(node: Node, input: number, axis: number, units: readonly number[]): void {
  const value = node.inputs[input]!;
  const content: Tensor = zeroSlices(value.constant!, axis, units);
  if (value.consumers.length === 1 && !value.isOutput && !value.isInput) value.content = constantFromTensor(content);
  else node.setInput(input, node.graph.addConstant(value.name, content));
}

/** Behind the bias, where that is a node of its own: kernels add it along with the product. */
function answerOf({ node }: Layer): Value {
  const product = node.outputs[0]!;
  const [reader, ...others] = product.consumers;
  const isBias = reader?.node.op === "Add" && reader.node.domain === "" && reader.node.inputs.some((value) => value?.content !== undefined);
  return isBias && others.length === 0 && !product.isOutput ? reader.node.outputs[0]! : product;
}

/** The sum takes the name and the place of `value`. */
function addTo(value: Value, addition: Value): void {
  const { graph, producer, dtype, shape, name } = value;
  const inner = graph.addValue(graph.freshName(`${name}_inliers`));
  inner.dtype = dtype;
  inner.shape = shape;
  graph.setProducer(inner, producer!, producer!.outputs.indexOf(value));
  graph.addNode("Add", [inner, addition], { name: `${producer!.name}_with_outliers`, outputs: [name] });
}
