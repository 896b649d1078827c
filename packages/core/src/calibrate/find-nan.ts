import { cloneModel, int, type Model } from "../ir/index.ts";
import { dataTypeOf, writeModel } from "../onnx/index.ts";
import type { Backend, Tensors } from "../spec/index.ts";

/** The first value, in topological order, that holds NaN for these feeds; undefined when none does. */
export async function findNaN(model: Model, feeds: Tensors, backend: Backend): Promise<{ readonly tensor: string; readonly node: string } | undefined> {
  const probe = cloneModel(model);
  const { graph } = probe;
  const suspects = graph.nodes.flatMap((node) =>
    node.outputs.flatMap((value) => {
      if (value?.dtype !== "float32") return [];
      const flags = graph.addNode("IsNaN", [value]).outputs[0]!;
      const counted = graph.addNode("Cast", [flags], { attributes: { to: int(dataTypeOf("float32")) } }).outputs[0]!;
      const count = graph.addNode("ReduceSum", [counted], { attributes: { keepdims: int(0) } }).outputs[0]!;
      count.dtype = "float32";
      graph.addOutput(count);
      return [{ tensor: value.name, node: node.name, count: count.name }];
    }),
  );
  const session = await backend.open(writeModel(probe), { optimization: "disabled" });
  try {
    const counts = await session.run(feeds, { fetch: suspects.map(({ count }) => count) });
    return suspects.find(({ count }) => Number(counts[count]!.data[0]) > 0);
  } finally {
    await session.dispose();
  }
}
