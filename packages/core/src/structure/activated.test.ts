import { describe, expect, it } from "vitest";
import { string, type Value } from "../ir/index.ts";
import type { ActivatedTensor } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { conv, linear, reshape, transpose } from "./fixtures/layers.ts";
import { recognized } from "./fixtures/recognized.ts";

interface Spelling {
  readonly activation: ActivatedTensor["activation"];
  readonly write: (b: GraphBuilder, x: Value) => Value;
  /** The same, independently. */
  readonly compute: (x: number) => number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const erf = (x: number) => {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};
const gelu = (x: number) => (x / 2) * (1 + erf(x * Math.SQRT1_2));
const scalar = (b: GraphBuilder, value: number) => b.constant([value], []);

const spellings: Readonly<Record<string, Spelling>> = {
  Gelu: { activation: "gelu", write: (b, x) => b.op("Gelu", [x]), compute: gelu },
  "Gelu by tanh": {
    activation: "gelu",
    write: (b, x) => b.op("Gelu", [x], { approximate: string("tanh") }),
    compute: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  },
  "Div, Erf, Add, Mul, Mul": {
    activation: "gelu",
    write: (b, x) => b.op("Mul", [b.op("Mul", [x, b.op("Add", [b.op("Erf", [b.op("Div", [x, scalar(b, Math.SQRT2)])]), scalar(b, 1)])]), scalar(b, 0.5)]),
    compute: gelu,
  },
  "Sigmoid and Mul": { activation: "silu", write: (b, x) => b.op("Mul", [x, b.op("Sigmoid", [x])]), compute: (x) => x * sigmoid(x) },
  "Sigmoid of 1.702 x": {
    activation: "quick-gelu",
    write: (b, x) => b.op("Mul", [b.op("Sigmoid", [b.op("Mul", [scalar(b, 1.702), x])]), x]),
    compute: (x) => x * sigmoid(Math.fround(1.702) * x),
  },
  "Sigmoid of x / 0.25": {
    activation: "quick-gelu",
    write: (b, x) => b.op("Mul", [b.op("Sigmoid", [b.op("Div", [x, scalar(b, 0.25)])]), x]),
    compute: (x) => x * sigmoid(4 * x),
  },
  HardSwish: { activation: "hard-swish", write: (b, x) => b.op("HardSwish", [x]), compute: (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)) },
  "Mish by Softplus": {
    activation: "mish",
    write: (b, x) => b.op("Mul", [x, b.op("Tanh", [b.op("Softplus", [x])])]),
    compute: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  },
};

/** By thirds: all of them fall and then rise between -3 and 0. */
function minimumOf(compute: (x: number) => number): number {
  let [low, high] = [-3, 0];
  for (let step = 0; step < 100; step++) {
    const third = (high - low) / 3;
    if (compute(low + third) < compute(high - third)) high -= third;
    else low += third;
  }
  return compute(low);
}

const found = (build: (b: GraphBuilder, x: Value) => Value, shape: readonly number[] = [1, 6, 8]) =>
  recognized(buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: build(b, x) }))).then(({ activated }) => activated);

describe("activated tensors", () => {
  it.each(Object.keys(spellings))("%s, with its minimum", async (spelling) => {
    const { activation, write, compute } = spellings[spelling]!;
    const [tensor, ...others] = await found((b, x) => linear(b, write(b, linear(b, x, [8, 8], "up")), [8, 8], "down"));
    expect(others).toEqual([]);
    expect(tensor).toMatchObject({ activation, readers: ["down"], operands: [tensor!.tensor] });
    expect(Math.abs(tensor!.minimum - minimumOf(compute))).toBeLessThan(1e-12);
  });

  it("have readers behind nodes that move data, which read other tensors", async () => {
    const [tensor] = await found(
      (b, x) => {
        const silu = spellings["Sigmoid and Mul"]!.write(b, conv(b, x, [8, 8], "first"));
        const tokens = transpose(b, reshape(b, silu, [1, 8, 16]), [0, 2, 1]);
        return b.op("Concat", [reshape(b, conv(b, silu, [8, 8], "second"), [1, 16, 8]), linear(b, tokens, [8, 8], "third")]);
      },
      [1, 8, 4, 4],
    );
    expect(tensor!.readers).toEqual(["second", "third"]);
    expect(tensor!.operands).toHaveLength(2);
    expect(tensor!.operands).toContain(tensor!.tensor);
  });

  it("are not what only sums, or products behind a sum, read", async () => {
    expect(await found((b, x) => b.op("Add", [x, b.op("Gelu", [x])]))).toEqual([]);
    expect(await found((b, x) => linear(b, b.op("Add", [x, b.op("Gelu", [x])]), [8, 8], "behind"))).toEqual([]);
  });

  it("are two where one activation follows another", async () => {
    const twice = await found((b, x) => {
      const first = spellings["Sigmoid and Mul"]!.write(b, x);
      const second = spellings["Sigmoid and Mul"]!.write(b, linear(b, first, [8, 8], "between"));
      return linear(b, second, [8, 8], "behind");
    });
    expect(twice.map(({ readers }) => readers)).toEqual([["between"], ["behind"]]);
  });
});
