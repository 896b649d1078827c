import { type Graph, int, type Node, type Value } from "../../ir/index.ts";
import { QuantError, type Tensor } from "../../spec/index.ts";
import { broadcastAxes } from "./dimensions.ts";
import type { GradientBuilder } from "./rule.ts";

/** What the rules of one gradient graph share. */
export interface Emission {
  readonly graph: Graph;
  readonly active: ReadonlySet<Value>;
  /** Constants by content. */
  readonly constants: Map<string, Value>;
  /** Shape nodes by the value they read, and sizes by value and axis. */
  readonly sizes: Map<string, Value>;
}

export function gradientBuilder(emission: Emission, at: Pick<Node, "name" | "op">): GradientBuilder {
  const { graph, active, sizes } = emission;
  const builder: GradientBuilder = {
    op: (op, inputs, attributes) => builder.ops(op, 1, inputs, attributes)[0]!,
    ops: (op, count, inputs, attributes = {}) =>
      graph.addNode(op, inputs, { name: `${at.name}_gradient`, attributes, outputs: count }).outputs.flatMap((output) => output ?? []),
    scalar: (value) => builder.floats([value], []),
    floats: (values, shape) => constant(emission, { dtype: "float32", shape, data: Float32Array.from(values) }),
    integers: (values) => constant(emission, { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
    isActive: (value) => value !== undefined && active.has(value),
    rankOf: (value) => value.shape?.length ?? builder.refuse(`the rank of ${value.name} is not known`),
    shapeOf: (value) => {
      const { shape } = value;
      if (shape?.every((dimension) => typeof dimension === "number")) return builder.integers(shape);
      return remembered(sizes, value.name, () => builder.op("Shape", [value]));
    },
    sizeOf: (value, axis) => {
      const size = value.shape?.[axis];
      if (typeof size === "number") return builder.integers([size]);
      return remembered(sizes, `${axis}/${value.name}`, () => builder.op("Shape", [value], { start: int(axis), end: int(axis + 1) }));
    },
    reshapeLike: (gradient, value) => builder.op("Reshape", [gradient, reshapeTarget(builder, value)]),
    sumLike: (gradient, of, index, exempt = 0) => sumLike(builder, gradient, of, index, exempt),
    requireInactive: (values) => {
      const active = values.find((value) => builder.isActive(value));
      if (active) builder.refuse(`the rule takes ${active.name} for a constant, and it is computed`);
    },
    refuse: (reason) => {
      throw new QuantError("unsupported-op", `Node ${at.name} (${at.op}) has no gradient: ${reason}.`, {
        details: { node: at.name, operator: at.op },
      });
    },
  };
  return builder;
}

function constant({ graph, constants }: Emission, tensor: Tensor): Value {
  return remembered(constants, `${tensor.dtype} ${tensor.shape} ${tensor.data}`, () => graph.addConstant("gradient_constant", tensor));
}

function remembered(memory: Map<string, Value>, key: string, make: () => Value): Value {
  const value = memory.get(key) ?? make();
  memory.set(key, value);
  return value;
}

/** One size that is not known follows from the others. */
function reshapeTarget(builder: GradientBuilder, value: Value): Value {
  const sizes = value.shape?.map((dimension) => (typeof dimension === "number" ? dimension : -1));
  const isCertain = sizes && !sizes.includes(0) && sizes.filter((size) => size === -1).length <= 1;
  return isCertain ? builder.integers(sizes) : builder.shapeOf(value);
}

function sumLike(builder: GradientBuilder, gradient: Value, node: Node, index: number, exempt: number): Value {
  const input = node.inputs[index]!;
  // The gradient of a constant is not asked for.
  if (!builder.isActive(input)) return gradient;
  const axes = broadcastAxes(node, index, exempt);
  if (axes?.length === 0) return gradient;
  if (!axes) return sumWhereOne(builder, gradient, input, node.outputs[0]!);
  const sum = builder.op("ReduceSum", [gradient, builder.integers(axes)], { keepdims: int(1) });
  return node.outputs[0]!.shape?.length === input.shape!.length ? sum : builder.reshapeLike(sum, input);
}

/** Decides during the run: sums over the axes along which the input has size 1, or which it lacks. */
function sumWhereOne(builder: GradientBuilder, gradient: Value, input: Value, output: Value): Value {
  const missing = builder.rankOf(output) - builder.rankOf(input);
  const [own, one] = [builder.shapeOf(input), builder.integers([1])];
  const aligned = missing > 0 ? builder.op("Concat", [builder.integers(Array<number>(missing).fill(1)), own], { axis: int(0) }) : own;
  const axes = builder.op("Reshape", [builder.op("NonZero", [builder.op("Equal", [aligned, one])]), builder.integers([-1])]);
  const sum = builder.op("ReduceSum", [gradient, axes], { keepdims: int(1), noop_with_empty_axes: int(1) });
  return missing > 0 ? builder.reshapeLike(sum, input) : sum;
}
