import { byteLength, type Dtype, type Model, QuantError, seededRandom, type Tensor, type Tensors, tensorFromBytes } from "@halftone/core";

/** Inputs of the declared types and shapes, an open dimension being 1: enough to see whether two forms of a model compute the same. */
export function madeUpFeeds({ graph }: Model): Tensors {
  const random = seededRandom(1);
  const inputs = graph.inputs.filter((value) => value.content === undefined);
  return Object.fromEntries(
    inputs.map(({ name, dtype, shape }) => {
      if (!dtype || !shape)
        throw new QuantError("invalid-config", `The shape of input ${name} is not known: give it with --shape.`, { details: { field: "--shape" } });
      return [
        name,
        tensorOf(
          dtype,
          shape.map((size) => (typeof size === "number" ? size : 1)),
          random,
        ),
      ];
    }),
  );
}

function tensorOf(dtype: Dtype, shape: readonly number[], random: () => number): Tensor {
  if (dtype !== "float32") return tensorFromBytes(dtype, shape, new Uint8Array(byteLength(dtype, shape)));
  return { dtype, shape, data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random() * 2 - 1) };
}
