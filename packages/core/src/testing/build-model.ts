import { type Attribute, type Constant, createModel, Graph, type Model, type Value } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import type { Dimension, Dtype, Tensor } from "../spec/index.ts";

export interface ModelShape {
  /** Default 21. */
  readonly opset?: number;
  /** By name: a float32 shape, or dtype and shape. */
  readonly inputs?: Readonly<Record<string, readonly Dimension[] | { readonly dtype: Dtype; readonly shape: readonly Dimension[] }>>;
  /** Seed of `random`. Default 1. */
  readonly seed?: number;
}

type Inputs = NonNullable<ModelShape["inputs"]>;

/** Adds nodes to a graph with these inputs, and answers with its outputs by name. */
type Build<Given extends Inputs> = (builder: GraphBuilder, inputs: { readonly [Name in keyof Given]: Value }) => Readonly<Record<string, Value>>;

export interface GraphBuilder {
  readonly graph: Graph;
  /** Adds a node and answers with its first output. */
  op(op: string, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>, name?: string): Value;
  /** Adds a node with that many outputs. */
  ops(op: string, count: number, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>, name?: string): Value[];
  /** An initializer: float32 numbers with their shape (default: one dimension; `[]` is a scalar), or any tensor. */
  constant(content: readonly number[] | Tensor | Constant, shape?: readonly number[], name?: string): Value;
  /** A one-dimensional int64 initializer, as shapes, axes and pads are. */
  int64(values: readonly number[], name?: string): Value;
  /** A float32 initializer, uniform in [-1, 1), seeded. */
  random(shape: readonly number[], name?: string): Value;
  /** A subgraph for an attribute of If, Loop or Scan; `build` sees this graph's values. Its outputs are renamed to the keys of the answer. */
  subgraph<Given extends Inputs>(shape: { readonly inputs?: Given }, build: Build<Given>): Graph;
}

/**
 * A model in a few lines:
 *
 *     const model = buildModel({ inputs: { x: [1, 3, 8, 8] } }, (b, { x }) => {
 *       const y = b.op("Conv", [x, b.random([4, 3, 3, 3], "w")], { pads: ints([1, 1, 1, 1]) });
 *       return { y: b.op("Relu", [y]) };
 *     });
 *
 * The answer's keys name the graph outputs.
 */
export function buildModel<Given extends Inputs>(shape: ModelShape & { readonly inputs?: Given }, build: Build<Given>): Model {
  const model = createModel(shape.opset ?? 21);
  fill(model.graph, shape.inputs, seededRandom(shape.seed ?? 1), build);
  return model;
}

function fill<Given extends Inputs>(graph: Graph, types: Given | undefined, random: () => number, build: Build<Given>): Graph {
  const inputs = Object.entries(types ?? {}).map(([name, type]) => {
    const { dtype, shape } = "dtype" in type ? type : { dtype: "float32" as const, shape: type };
    return [name, graph.addInput(name, dtype, shape)] as const;
  });
  const builder = builderOf(graph, random);
  for (const [name, value] of Object.entries(build(builder, Object.fromEntries(inputs) as { [Name in keyof Given]: Value }))) {
    const movable = value.graph === graph && !value.isInput && !value.isOutput;
    const output = movable ? value : builder.op("Identity", [value]);
    if (output.name !== name) graph.rename(output, name);
    graph.addOutput(output);
  }
  return graph;
}

function builderOf(graph: Graph, random: () => number): GraphBuilder {
  const builder: GraphBuilder = {
    graph,
    op: (op, inputs, attributes, name) => builder.ops(op, 1, inputs, attributes, name)[0]!,
    ops: (op, count, inputs, attributes = {}, name = "") =>
      graph.addNode(op, inputs, { name, attributes, outputs: count }).outputs.flatMap((output) => output ?? []),
    constant: (content, shape, name = "constant") => {
      if (!Array.isArray(content)) return graph.addConstant(name, content as Tensor | Constant);
      return graph.addConstant(name, { dtype: "float32", shape: shape ?? [content.length], data: Float32Array.from(content) });
    },
    int64: (values, name = "constant") => graph.addConstant(name, { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
    random: (shape, name = "weight") => {
      const data = Float32Array.from({ length: shape.reduce((product, dimension) => product * dimension, 1) }, () => random() * 2 - 1);
      return graph.addConstant(name, { dtype: "float32", shape, data });
    },
    subgraph: ({ inputs }, build) => fill(new Graph(graph.freshName("body"), graph), inputs, random, build),
  };
  return builder;
}
