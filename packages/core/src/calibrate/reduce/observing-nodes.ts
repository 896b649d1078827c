import { type Attribute, type Graph, int, type Value } from "../../ir/index.ts";
import { dataTypeOf } from "../../onnx/index.ts";

/** Sizes of a value, every dimension a number. */
export type ShapeOf = (value: Value) => readonly number[];

/** Adds nodes next to the ones of the model, which stay as they are. */
export interface ObservingNodes {
  readonly graph: Graph;
  readonly shapeOf: ShapeOf;
  /** Where in the order of the model a value is computed. */
  positionOf(value: Value): number;
  add(op: string, inputs: readonly Value[], attributes?: Readonly<Record<string, Attribute>>): Value;
  /** What `build` made the first time it was asked for under this key. */
  once(key: string, build: () => Value): Value;
  /** A one-dimensional int64 constant; equal ones are shared. */
  integers(values: readonly number[]): Value;
  /** The value as float32. */
  float(value: Value): Value;
  /** Makes a float32 value an output of the graph. */
  output(value: Value): Value;
}

export function observingNodes(graph: Graph, shapeOf: ShapeOf): ObservingNodes {
  const positions = new Map(graph.nodes.flatMap((node, position) => node.outputs.map((output) => [output, position] as const)));
  const built = new Map<string, Value>();
  const origins = new Map<Value, Value>();
  const add: ObservingNodes["add"] = (op, inputs, attributes = {}) => graph.addNode(op, inputs, { name: "observe", attributes }).outputs[0]!;
  const once: ObservingNodes["once"] = (key, build) => {
    const value = built.get(key) ?? build();
    built.set(key, value);
    return value;
  };
  return {
    graph,
    shapeOf: (value) => shapeOf(origins.get(value) ?? value),
    positionOf: (value) => positions.get(origins.get(value) ?? value) ?? -1,
    add,
    once,
    integers: (values) =>
      once(`integers ${values}`, () =>
        graph.addConstant("observe_integers", { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) }),
      ),
    float: (value) => {
      if (value.dtype === "float32") return value;
      const cast = once(`float ${value.name}`, () => add("Cast", [value], { to: int(dataTypeOf("float32")) }));
      origins.set(cast, value);
      return cast;
    },
    output: (value) => {
      value.dtype = "float32";
      graph.addOutput(value);
      return value;
    },
  };
}
