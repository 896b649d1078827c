import type { Graph } from "../ir/index.ts";
import { isFinite32 } from "../numerics/index.ts";
import { type Json, QuantError, type Tensor, type Tensors } from "../spec/index.ts";

/** Holds one sample against the model's inputs. `sample` counts from 0. */
export type CheckFeeds = (feeds: Tensors, sample: number) => void;

/** @throws `invalid-data` that names the sample, the input and what was expected. */
export function feedChecker(graph: Graph): CheckFeeds {
  const inputs = graph.inputs.map((value) => ({ name: value.name, dtype: value.dtype, shape: value.shape, optional: value.content !== undefined }));
  const names = inputs.map(({ name }) => name);
  return (feeds, sample) => {
    const fail = (tensor: string, what: string): never => {
      throw invalid(sample, tensor, what);
    };
    const unknown = Object.keys(feeds).find((name) => !names.includes(name));
    if (unknown !== undefined) fail(unknown, `"${unknown}" is no input of the model; its inputs are ${names.map((name) => `"${name}"`).join(", ")}`);
    for (const { name, dtype, shape, optional } of inputs) {
      const tensor = feeds[name];
      if (tensor === undefined) {
        if (optional) continue;
        return fail(name, `input "${name}" is missing`);
      }
      const fits = (dtype === undefined || tensor.dtype === dtype) && shapeFits(tensor.shape, shape);
      if (!fits) fail(name, `input "${name}" is ${typeText(tensor.dtype, tensor.shape)}; the model expects ${typeText(dtype, shape)}`);
      const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
      if (tensor.dtype !== "int4" && tensor.dtype !== "uint4" && tensor.data.length !== count)
        fail(name, `input "${name}" holds ${tensor.data.length} elements; its shape [${tensor.shape.join(", ")}] needs ${count}`);
      if (!isFiniteTensor(tensor)) fail(name, `input "${name}" holds NaN or infinity`);
    }
  };
}

function invalid(sample: number, tensor: string, what: string): QuantError {
  return new QuantError("invalid-data", `Sample ${sample}: ${what}.`, { details: { sample, tensor } satisfies Record<string, Json> });
}

function shapeFits(shape: readonly number[], expected: readonly (number | string)[] | undefined): boolean {
  return (
    expected === undefined ||
    (shape.length === expected.length && expected.every((dimension, axis) => typeof dimension === "string" || dimension === shape[axis]))
  );
}

function typeText(dtype: string | undefined, shape: readonly (number | string)[] | undefined): string {
  return `${dtype ?? "a tensor"} ${shape ? `[${shape.map((dimension) => (dimension === "" ? "?" : dimension)).join(", ")}]` : "of any shape"}`;
}

function isFiniteTensor({ dtype, data }: Tensor): boolean {
  if (dtype === "float32") return isFinite32(data as Float32Array);
  if (dtype === "float64") return (data as Float64Array).every(Number.isFinite);
  if (dtype === "float16") return (data as Uint16Array).every((bits) => (bits & 0x7c00) !== 0x7c00);
  return dtype !== "bfloat16" || (data as Uint16Array).every((bits) => (bits & 0x7f80) !== 0x7f80);
}
