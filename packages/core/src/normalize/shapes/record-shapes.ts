import { cloneModel, type Graph, type Model, type Value } from "../../ir/index.ts";
import { writeModel } from "../../onnx/index.ts";
import type { Backend, Tensors } from "../../spec/index.ts";

export type ObservedShapes = ReadonlyMap<string, readonly number[]>;

/**
 * The shapes of all tensors of the main graph in one real run. Only shapes leave the runtime: a Shape node reads each
 * value, so memory stays that of a plain run. Ranks that were unknown are filled in; sizes seen once prove nothing for
 * other inputs and are only answered.
 */
export async function recordShapes(model: Model, backend: Backend, feeds: Tensors, signal?: AbortSignal): Promise<ObservedShapes> {
  const probe = cloneModel(model);
  const shapes = new Map<string, string>();
  // Backwards: ONNX Runtime runs the last of several ends of a graph first, so each Shape then follows its value at once
  // and lets go of it.
  for (const value of producedValues(probe.graph).reverse()) {
    const shape = probe.graph.addNode("Shape", [value], { name: `${value.name}_shape` }).outputs[0]!;
    probe.graph.addOutput(shape);
    shapes.set(shape.name, value.name);
  }
  const session = await backend.open(writeModel(probe), { optimization: "disabled" });
  try {
    const tensors = await session.run(feeds, { fetch: [...shapes.keys()], ...(signal && { signal }) });
    const observed = new Map([...shapes].map(([shape, name]) => [name, Array.from(tensors[shape]!.data as BigInt64Array, Number)]));
    for (const [name, sizes] of observed) model.graph.value(name)!.shape ??= sizes.map(() => "");
    return observed;
  } finally {
    await session.dispose();
  }
}

function producedValues(graph: Graph): Value[] {
  return graph.nodes.flatMap((node) => node.outputs.filter((value) => value !== undefined && isTensor(value)) as Value[]);
}

/** A type was declared or inferred for tensors only; where nobody could, the operator has to tell. */
function isTensor({ dtype, producer }: Value): boolean {
  return dtype !== undefined || !/^(If|Loop|Scan)$|Sequence|Optional/.test(producer!.op);
}
