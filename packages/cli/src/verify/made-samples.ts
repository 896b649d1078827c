import { type CalibrationSource, elementCount, type ModelFiles, QuantError, readModel, seededRandom, type Tensor, type Value } from "@halftone/core";

/** Samples of random numbers for every input of a model: enough to see whether runtimes agree. */
export function madeSamples(model: ModelFiles, count: number): CalibrationSource {
  const inputs = readModel(model).graph.inputs.filter((value) => value.content === undefined);
  return {
    id: "made up",
    batches: count,
    async *[Symbol.asyncIterator]() {
      const random = seededRandom(0);
      for (let sample = 0; sample < count; sample++) yield Object.fromEntries(inputs.map((value) => [value.name, madeTensor(value, random)]));
    },
  };
}

/** float32 in [-1, 1), in an image's range after normalization. The batch is 1. */
function madeTensor({ name, dtype, shape }: Value, random: () => number): Tensor {
  const sizes = shape?.map((dimension, axis) => (typeof dimension === "number" ? dimension : axis === 0 ? 1 : undefined));
  if (dtype !== "float32" || !sizes?.every((size) => size !== undefined)) {
    const type = `${dtype ?? "of unknown type"} [${shape?.join(", ") ?? "unknown rank"}]`;
    throw new QuantError("invalid-data", `No samples can be made up for input ${name}, ${type}: only for float32 of a known shape. Give samples with --data.`, {
      details: { input: name },
    });
  }
  return { dtype, shape: sizes, data: Float32Array.from({ length: elementCount(sizes) }, () => 2 * random() - 1) };
}
