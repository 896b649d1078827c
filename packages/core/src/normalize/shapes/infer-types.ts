/**
 * Asks the runtime for the types of all values: its own shape inference runs when it loads a model, and what it found
 * for an output can be read before any run. Weights are left out, their shapes are enough.
 */
import { cloneModel, elementCount, type Model, type Value } from "../../ir/index.ts";
import { writeModel } from "../../onnx/index.ts";
import type { Backend, Dimension, Session, TensorType } from "../../spec/index.ts";
import { QuantError } from "../../spec/index.ts";

/** Small constants stay: shapes, axes and sizes are computed from them. */
const largestKept = 256;

/**
 * Fills in dtype and shape of the values of the main graph. Numbers in a shape hold for every run. Answers whether the
 * runtime could tell anything.
 */
export async function inferTypes(model: Model, backend: Backend): Promise<boolean> {
  const session = await openSkeleton(model, backend);
  if (!session) return false;
  try {
    if (!session.describe) return false;
    for (const value of model.graph.values) {
      const type = value.producer && session.describe(value.name);
      if (type) learn(value, type);
    }
    return true;
  } finally {
    await session.dispose();
  }
}

async function openSkeleton(model: Model, backend: Backend): Promise<Session | undefined> {
  try {
    return await backend.open(writeModel(skeletonOf(model)), { optimization: "disabled" });
  } catch (cause) {
    // A kernel may insist on a constant where it finds an input: the declared types must do then.
    if (QuantError.is(cause, "backend-failed")) return undefined;
    throw cause;
  }
}

/** The model with its weights as inputs and every value as an output. */
function skeletonOf(model: Model): Model {
  const skeleton = cloneModel(model);
  const { graph } = skeleton;
  for (const value of graph.initializers) {
    const { dtype, shape } = value.content!;
    if (value.isInput || elementCount(shape) <= largestKept) continue;
    value.content = undefined;
    graph.addInput(value.name, dtype, shape);
  }
  for (const value of [...graph.values]) {
    if (value.producer && !value.isOutput) graph.addOutput(value);
  }
  return skeleton;
}

function learn(value: Value, { dtype, shape }: TensorType): void {
  value.dtype ??= dtype;
  if (!value.shape) value.shape = shape;
  else if (value.shape.length === shape?.length) value.shape = value.shape.map((known, axis) => better(known, shape[axis]!));
}

function better(known: Dimension, inferred: Dimension): Dimension {
  return typeof known === "number" || (typeof inferred !== "number" && known !== "") ? known : inferred;
}
