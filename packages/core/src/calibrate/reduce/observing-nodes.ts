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
  /** A one-dimensional int64 constant; equal ones are shared. */
  integers(values: readonly number[]): Value;
  /** The value as float32. */
  float(value: Value): Value;
  /** Makes a float32 value an output of the graph. */
  output(value: Value): Value;
}

export function observingNodes(graph: Graph, shapeOf: ShapeOf): ObservingNodes {
  const positions = new Map(graph.nodes.flatMap((node, position) => node.outputs.map((output) => [output, position] as const)));
  const constants = new Map<string, Value>();
  const casts = new Map<Value, Value>();
  const origins = new Map<Value, Value>();
  const add: ObservingNodes["add"] = (op, inputs, attributes = {}) => graph.addNode(op, inputs, { name: "observe", attributes }).outputs[0]!;
  return {
    graph,
    shapeOf: (value) => shapeOf(origins.get(value) ?? value),
    positionOf: (value) => positions.get(origins.get(value) ?? value) ?? -1,
    add,
    integers: (values) => {
      const key = values.join();
      const constant =
        constants.get(key) ?? graph.addConstant("observe_integers", { dtype: "int64", shape: [values.length], data: BigInt64Array.from(values, BigInt) });
      constants.set(key, constant);
      return constant;
    },
    float: (value) => {
      if (value.dtype === "float32") return value;
      const cast = casts.get(value) ?? add("Cast", [value], { to: int(dataTypeOf("float32")) });
      casts.set(value, cast);
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
