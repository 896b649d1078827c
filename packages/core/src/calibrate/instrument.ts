import { cloneModel, type Model, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { type ModelFiles, type Observation, QuantError, type Reduction, type Tensor, type Tensors } from "../spec/index.ts";
import { executionOrder } from "./reduce/execution-order.ts";
import { extremesInGraph, type ReadTensor } from "./reduce/extremes.ts";
import { notANumberInGraph, watchedValues } from "./reduce/not-a-number.ts";
import { observingNodes, type ShapeOf } from "./reduce/observing-nodes.ts";

/** The model with nodes that reduce what is observed, and the way to read their results. */
export interface Instrumented {
  readonly files: ModelFiles;
  /** The outputs a run has to be asked for. */
  readonly fetch: readonly string[];
  /** What the model is fed for a sample. */
  feeds(feeds: Tensors, sample: number): Tensors;
  /** What each observer is to be updated with, in the order of the observations. */
  read(outputs: Tensors): readonly Tensor[];
  sawNaN(outputs: Tensors): boolean;
}

/** Samples are not what every method looks at: what takes them is loaded with the first observation that does. */
export async function instrument(model: Model, observations: readonly Observation<unknown>[], shapeOf: ShapeOf): Promise<Instrumented> {
  const { graph, ...rest } = cloneModel(model);
  const watched = watchedValues(graph);
  const nodes = observingNodes(graph, shapeOf);
  const order = executionOrder(nodes);
  const extremes = extremesInGraph(nodes, order);
  const takesSamples = observations.some(({ reduction }) => reduction.kind === "samples");
  const samples = takesSamples ? (await import("./reduce/samples.ts")).samplesInGraph(nodes, order) : undefined;
  const whole: Value[] = [];

  const reduce = (value: Value, reduction: Reduction): ReadTensor => {
    switch (reduction.kind) {
      case "extremes":
        return extremes.add(value, reduction.axis);
      case "samples":
        return samples!.add(value, reduction.count);
      case "values": {
        const output = nodes.output(nodes.add("Identity", [value]));
        output.dtype = value.dtype;
        whole.push(output);
        return (outputs) => outputs[output.name]!;
      }
    }
  };

  const readers = new Map<string, ReadTensor>();
  const reads = observations.map((observation) => {
    const key = JSON.stringify([observation.tensor, observation.reduction]);
    const read = readers.get(key) ?? reduce(observedValue(graph, observation), observation.reduction);
    readers.set(key, read);
    return { key, read };
  });
  const notANumber = notANumberInGraph(nodes, watched);
  const outputs = [...extremes.finish(), ...(samples?.finish() ?? []), ...whole, ...notANumber.outputs];
  order.finish(outputs);
  const phase = samples?.phase();
  return {
    files: writeModel({ ...rest, graph }),
    fetch: outputs.map(({ name }) => name),
    feeds: (feeds, sample) => (phase === undefined ? feeds : { ...feeds, [phase]: { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(sample)) } }),
    read: (results) => {
      const tensors = new Map<string, Tensor>();
      return reads.map(({ key, read }) => {
        const tensor = tensors.get(key) ?? read(results);
        tensors.set(key, tensor);
        return tensor;
      });
    },
    sawNaN: notANumber.seen,
  };
}

/** The value an observation names. */
export function observedValue(graph: Model["graph"], { tensor, key }: Observation<unknown>): Value {
  const value = graph.value(tensor);
  if (value) return value;
  throw new QuantError(
    "internal",
    `Observation "${key}" names tensor "${tensor}", which the model does not have; a method may observe the values of its graph only.`,
    {
      details: { tensor, observation: key },
    },
  );
}
