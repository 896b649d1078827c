import type { Model } from "../../ir/index.ts";
import { QuantError } from "../../spec/index.ts";

/**
 * Gives inputs the shapes that an app will feed: most providers of a phone take no others. Before a model is quantized, so that the plan is one for these shapes.
 *
 * @throws `invalid-config` for an input that is not there, or whose declared shape says otherwise.
 */
export function fixShapes({ graph }: Model, shapes: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const input = graph.inputs.find((value) => value.name === name && value.content === undefined);
    if (!input) throw misfit(name, `the model has no such input; it has ${graph.inputs.map((value) => value.name).join(", ")}`);
    const declared = input.shape ?? shape;
    const fits = declared.length === shape.length && declared.every((size, axis) => typeof size !== "number" || size === shape[axis]);
    if (!fits) throw misfit(name, `the model declares [${declared.join(", ")}]`);
    input.shape = shape;
  }
}

function misfit(input: string, reason: string): QuantError {
  return new QuantError("invalid-config", `The shape for input ${input} cannot be used: ${reason}.`, { details: { field: "shape", input, reason } });
}
