import { nodeBackend } from "@halftone/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { int, ints, type Model, type Value } from "../ir/index.ts";
import { expectSameOutputs } from "../normalize/fixtures/same-on-runtime.ts";
import { inferTypes } from "../normalize/shapes/infer-types.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { hiddenLayers } from "./hidden-layers.ts";
import { partUnits } from "./part-units.ts";

const backend = nodeBackend();
const [inputs, hidden, outputs] = [5, 32, 4];
/** Sums of 32 products in two parts instead of one: 2^-18 of the largest output. */
const ulps = 32;

const activations: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
  none: (_, x) => x,
  relu: (b, x) => b.op("Relu", [x]),
  gelu: (b, x) => b.op("Gelu", [x]),
  silu: (b, x) => b.op("Mul", [x, b.op("Sigmoid", [x])]),
  "hard-swish": (b, x) =>
    b.op("Mul", [x, b.op("Div", [b.op("Clip", [b.op("Add", [x, b.constant([3], [])]), b.constant([0], []), b.constant([6], [])]), b.constant([6], [])])]),
  // What is one at zero still leaves nothing behind: the second layer does not read it.
  cosh: (b, x) => b.op("Add", [b.op("Pow", [x, b.constant([2], [])]), b.constant([1], [])]),
};

const layers: Readonly<Record<string, (b: GraphBuilder, x: Value, sizes: readonly [number, number], bias: boolean) => Value>> = {
  MatMul: (b, x, sizes, bias) => {
    const product = b.op("MatMul", [x, b.random(sizes)]);
    return bias ? b.op("Add", [b.random([sizes[1]]), product]) : product;
  },
  Gemm: (b, x, sizes, bias) => b.op("Gemm", [x, b.random(sizes), bias ? b.random([sizes[1]]) : undefined], { beta: { kind: "float", value: 0.5 } }),
  "Gemm, transposed": (b, x, [from, to], bias) => b.op("Gemm", [x, b.random([to, from]), bias ? b.random([1, to]) : undefined], { transB: int(1) }),
  Conv: (b, x, [from, to], bias) => b.op("Conv", [x, b.random([to, from, 3, 3]), bias ? b.random([to]) : undefined], { pads: ints([1, 1, 1, 1]) }),
};

const shapes: Readonly<Record<string, readonly number[]>> = { MatMul: [2, 7, inputs], Conv: [2, inputs, 6, 6] };

interface Mlp {
  readonly kind: string;
  readonly activation: string;
  readonly bias: boolean;
  readonly perUnit: boolean;
  readonly seed: number;
}

function mlp({ kind, activation, bias, perUnit, seed }: Mlp): Model {
  const shape = shapes[kind] ?? [7, inputs];
  const model = buildModel({ inputs: { x: shape }, seed }, (b, { x }) => {
    const up = layers[kind]!(b, x, [inputs, hidden], bias);
    const active = activations[activation]!(b, up);
    const scaled = perUnit ? b.op("Mul", [active, b.random(kind === "Conv" ? [hidden, 1, 1] : [1, hidden])]) : active;
    return { y: layers[kind]!(b, scaled, [hidden, outputs], bias) };
  });
  return model;
}

describe("units computed apart", () => {
  it("leave the network what it was", async () => {
    const any = fc.record({
      kind: fc.constantFrom(...Object.keys(layers)),
      activation: fc.constantFrom(...Object.keys(activations)),
      bias: fc.boolean(),
      perUnit: fc.boolean(),
      seed: fc.nat(1000),
      units: fc.uniqueArray(fc.nat(hidden - 1), { minLength: 1, maxLength: 3 }).map((units) => units.sort((one, other) => one - other)),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ units, ...shape }) => {
        const part = async (model: Model): Promise<void> => {
          await inferTypes(model, backend);
          const [layer, ...others] = hiddenLayers(model.graph);
          expect(others).toEqual([]);
          partUnits(layer!, units);
        };
        const parted = await expectSameOutputs(mlp(shape), part, { ulps });
        const [main] = hiddenLayers(parted.graph);
        expect(main!.second.weight.constant!.shape).toContain(hidden);
        expect(parted.graph.outputs[0]!.name).toBe("y");
      }),
      { numRuns: 80 },
    );
  });

  it("are silent in the layers they came from", async () => {
    const model = mlp({ kind: "MatMul", activation: "gelu", bias: true, perUnit: false, seed: 3 });
    await inferTypes(model, backend);
    partUnits(hiddenLayers(model.graph)[0]!, [4, 9]);
    const [{ first, between, second }, apart] = hiddenLayers(model.graph) as [ReturnType<typeof hiddenLayers>[number], ReturnType<typeof hiddenLayers>[number]];
    const column = (data: ArrayLike<number>, unit: number) => Array.from({ length: inputs }, (_, row) => data[row * hidden + unit]);
    const row = (data: ArrayLike<number>, unit: number) => Array.from({ length: outputs }, (_, each) => data[unit * outputs + each]);
    for (const unit of [4, 9]) {
      expect(column(first.weight.constant!.data as Float32Array, unit)).toEqual(Array(inputs).fill(0));
      expect(row(second.weight.constant!.data as Float32Array, unit)).toEqual(Array(outputs).fill(0));
      expect((between[0]!.inputs[0]!.constant!.data as Float32Array)[unit]).toBe(0);
    }
    expect([apart.first.weight.constant!.shape, apart.second.weight.constant!.shape]).toEqual([
      [inputs, 2],
      [2, outputs],
    ]);
    expect(apart.hidden.shape!.at(-1)).toBe(2);
  });

  it("leave a weight that somebody else reads as it is", async () => {
    const model = buildModel({ inputs: { x: [3, 32] } }, (b, { x }) => {
      const shared = b.random([32, 32], "shared");
      const y = b.op("MatMul", [b.op("Relu", [b.op("MatMul", [x, shared])]), b.random([32, 4])]);
      return { y, z: b.op("MatMul", [x, shared]) };
    });
    const part = async (model: Model): Promise<void> => {
      await inferTypes(model, backend);
      partUnits(hiddenLayers(model.graph)[0]!, [7]);
    };
    await expectSameOutputs(model, part, { ulps });
  });
});

describe("hidden layers", () => {
  const found = async (build: (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>, shape: readonly number[] = [3, 8]) => {
    const model = buildModel({ inputs: { x: shape } }, (b, { x }) => build(b, x));
    await inferTypes(model, backend);
    return hiddenLayers(model.graph).map(({ first, second }) => [first.node.name, second.node.name]);
  };
  const linear = (b: GraphBuilder, x: Value, name: string): Value => b.op("MatMul", [x, b.random([8, 8])], {}, name);

  it("are those between two layers that follow each other, more than one after another", async () => {
    const pairs = await found((b, x) => ({ y: linear(b, b.op("Relu", [linear(b, b.op("Gelu", [linear(b, x, "one")]), "two")]), "three") }));
    expect(pairs).toEqual([
      ["one", "two"],
      ["two", "three"],
    ]);
  });

  it.each<[string, (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>, (readonly number[])?]>([
    [
      "whose units somebody else reads",
      (b, x) => {
        const up = b.op("Relu", [linear(b, x, "up")]);
        return { y: linear(b, up, "down"), z: b.op("Softmax", [up]) };
      },
    ],
    [
      "whose units two layers read",
      (b, x) => {
        const up = b.op("Relu", [linear(b, x, "up")]);
        return { y: linear(b, up, "down"), z: linear(b, up, "too") };
      },
    ],
    [
      "whose units are an output",
      (b, x) => {
        const up = linear(b, x, "up");
        return { up, y: linear(b, up, "down") };
      },
    ],
    ["that mix units", (b, x) => ({ y: linear(b, b.op("Softmax", [linear(b, x, "up")]), "down") })],
    ["that add a residual", (b, x) => ({ y: linear(b, b.op("Add", [linear(b, x, "up"), x]), "down") })],
    ["that move data", (b, x) => ({ y: linear(b, b.op("Transpose", [linear(b, x, "up")]), "down") }), [8, 8]],
    ["next to a constant of more dimensions", (b, x) => ({ y: linear(b, b.op("Mul", [linear(b, x, "up"), b.random([1, 8, 8])]), "down") }), [8, 8]],
    [
      "whose second layer has groups",
      (b, x) => {
        const up = b.op("Relu", [b.op("Conv", [x, b.random([8, 8, 1])], {}, "up")]);
        return { y: b.op("Conv", [up, b.random([8, 1, 1])], { group: int(8) }, "down") };
      },
      [1, 8, 3],
    ],
    [
      "whose second layer reads units as tokens",
      (b, x) => ({ y: b.op("MatMul", [b.op("Conv", [x, b.random([8, 8, 1])], {}, "up"), b.random([3, 3])], {}, "down") }),
      [1, 8, 3],
    ],
  ])("are none %s", async (_, build, shape) => {
    expect(await found(build, shape)).toEqual([]);
  });
});
