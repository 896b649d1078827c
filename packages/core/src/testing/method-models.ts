import { int, ints, type Model } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import type { Tensors } from "../spec/index.ts";
import { buildModel } from "./build-model.ts";
import { floats } from "./tensors.ts";

export interface MethodCase {
  readonly name: string;
  readonly model: () => Model;
  readonly feeds: readonly Tensors[];
}

const pads = { pads: ints([1, 1, 1, 1]) };

/** A residual block, with a channel that never fires and a pass-through node between convolutions. */
function convolutional(): Model {
  return buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
    const first = b.op("Relu", [b.op("Conv", [x, b.random([8, 4, 3, 3], "first_w"), b.constant([-100, 0, 0, 0, 0, 0, 0, 0])], pads, "first")]);
    const branch = b.op("Conv", [first, b.random([8, 8, 3, 3], "branch_w")], pads, "branch");
    const sum = b.op("Add", [first, branch], {}, "sum");
    const pooled = b.op("MaxPool", [sum], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "pool");
    return { y: b.op("Conv", [pooled, b.random([4, 8, 1, 1], "last_w")], {}, "last") };
  });
}

/** Attention: products of two activations, a Softmax, a Gemm with a transposed weight. */
function attention(): Model {
  return buildModel({ inputs: { x: [6, 16] } }, (b, { x }) => {
    const project = (name: string) => b.op("MatMul", [x, b.random([16, 16], `${name}_w`)], {}, name);
    const scores = b.op("MatMul", [project("query"), b.op("Transpose", [project("key")], { perm: ints([1, 0]) })], {}, "scores");
    const mixed = b.op("MatMul", [b.op("Softmax", [scores], { axis: int(-1) }), project("value")], {}, "mix");
    return { y: b.op("Gemm", [mixed, b.random([8, 16], "out_w"), b.random([8], "out_b")], { transB: int(1) }, "out") };
  });
}

function feedsOf(shape: readonly number[], seed: number): readonly Tensors[] {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: 4 }, () => ({
    x: floats(
      shape,
      Array.from({ length: count }, () => random() * 3 - 1),
    ),
  }));
}

export const methodCases: readonly MethodCase[] = [
  { name: "convolutions", model: convolutional, feeds: feedsOf([1, 4, 8, 8], 5) },
  { name: "attention", model: attention, feeds: feedsOf([6, 16], 6) },
  { name: "activations that are all zero", model: convolutional, feeds: [{ x: floats([1, 4, 8, 8], new Float32Array(256)) }] },
];
