import { type Model, normalize, partOutliers, type QuantizeOptions, type QuantPlan, readModel, type Tensors } from "@halftone/core";

/** The model as the plan names its tensors. @throws as `normalize` does; `aborted` when the signal fires. */
export async function normalizedModel({ model: files, source, backend }: QuantizeOptions, plan: QuantPlan, signal: AbortSignal): Promise<Model> {
  const model = readModel(files);
  const feeds = await firstOf(source);
  await normalize(model, { backend, signal, ...(feeds && { feeds }) });
  if (plan.outliers) await partOutliers(model, plan.outliers);
  return model;
}

/** Names of everything that holds floats, weights included, in the order of the network. */
export function floatTensors({ graph }: Model): readonly string[] {
  return [...graph.values].filter(({ dtype }) => dtype === "float32").map(({ name }) => name);
}

async function firstOf(source: AsyncIterable<Tensors>): Promise<Tensors | undefined> {
  for await (const feeds of source) return feeds;
  return undefined;
}
