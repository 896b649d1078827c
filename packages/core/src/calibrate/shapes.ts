import type { Model, Value } from "../ir/index.ts";
import { recordShapes } from "../normalize/index.ts";
import type { Backend, Observation, Tensors } from "../spec/index.ts";
import { observedValue } from "./instrument.ts";
import type { ShapeOf } from "./reduce/observing-nodes.ts";

/**
 * Sizes that the reductions are laid out for. What the model declares is enough where everything but the batch is fixed;
 * otherwise one run with the first sample tells. They steer strides and the choice of operators: later samples of other
 * sizes are reduced as correctly.
 */
export async function shapesFor(
  model: Model,
  observations: readonly Observation<unknown>[],
  feeds: Tensors,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<ShapeOf> {
  const declared = observations.every((observation) => declaredShape(observedValue(model.graph, observation)) !== undefined);
  const observed = declared ? new Map<string, readonly number[]>() : await recordShapes(model, backend, feeds, signal);
  return (value) => observed.get(value.name) ?? feeds[value.name]?.shape ?? value.content?.shape ?? declaredShape(value) ?? [];
}

function declaredShape({ shape }: Value): readonly number[] | undefined {
  const sizes = shape?.map((dimension, axis) => (axis === 0 && typeof dimension === "string" ? 1 : dimension));
  return sizes?.every((size) => typeof size === "number") ? sizes : undefined;
}
