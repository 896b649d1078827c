import { nodeBackend } from "@halftone/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGraph, int, type Model, type Value } from "../../ir/index.ts";
import { codeRange, dequantizeTensor, encodeWeight, fakeQuantize, quantizeTensor, roundHalfEven, seededRandom } from "../../numerics/index.ts";
import { readModel, writeModel } from "../../onnx/index.ts";
import type { AffineEncoding, Dimension, Encoding, LogEncoding, SessionOptions, Tensor, TwinEncoding } from "../../spec/index.ts";
import { buildModel, type GraphBuilder } from "../../testing/build-model.ts";
import { axisAttributes, encodingConstants } from "../encoding-constants.ts";
import { addQuantizePair } from "./affine.ts";
import { lowerOperand } from "./index.ts";

const backend = nodeBackend();

const affine = (dtype: AffineEncoding["dtype"], scale: number, zeroPoint = 0, bits?: number): AffineEncoding => ({
  kind: "affine",
  dtype,
  scale: [Math.fround(scale)],
  zeroPoint: [zeroPoint],
  ...(bits && { bits }),
});

/** Every reader of `x` reads it on the grid. */
function lowered(model: Model, encoding: Encoding): Model {
  const x = model.graph.value("x")!;
  lowerOperand(model.graph, x, encoding, [...x.consumers], encodingConstants(model.graph));
  checkGraph(model.graph);
  return model;
}

async function run(model: Model, feeds: Readonly<Record<string, Tensor>>, options: SessionOptions = {}): Promise<Float32Array> {
  const session = await backend.open(writeModel(model), options);
  const { y } = await session.run(feeds);
  await session.dispose();
  return y!.data as Float32Array;
}

async function operators(model: Model): Promise<string[]> {
  return readModel(await backend.optimize!(writeModel(model)))
    .graph.nodes.map((node) => node.op)
    .filter((op) => /Gemm|MatMul|Conv/.test(op));
}

const tensor = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({ dtype: "float32", shape, data: Float32Array.from(data) });
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** What the readers read: multiplying by the identity changes nothing. */
async function readOf(values: Tensor, encoding: Encoding): Promise<Float32Array> {
  const size = values.shape.at(-1)!;
  const identity = Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
  const model = buildModel({ inputs: { x: values.shape } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.constant(identity, [size, size])]) }));
  return run(lowered(model, encoding), { x: values }, { optimization: "disabled" });
}

const step = fc.oneof(
  fc.integer({ min: -10, max: 2 }).map((power) => 2 ** power),
  fc.float({ min: Math.fround(1e-4), max: 2, noNaN: true }),
);

/** Zero is a code of both grids; the zero point may lie at either end or within. */
const grid: fc.Arbitrary<AffineEncoding> = fc.record({ dtype: fc.constantFrom("uint8", "int8"), bits: fc.constantFrom(8, 7, 4), scale: step }).chain((each) => {
  const { min, max } = codeRange(each);
  return fc
    .oneof(fc.constantFrom(min, max), fc.integer({ min, max }))
    .map((zeroPoint) => affine(each.dtype, each.scale, zeroPoint, each.bits === 8 ? 0 : each.bits));
});

const twin: fc.Arbitrary<TwinEncoding> = fc
  .record({ threshold: fc.oneof(fc.constant(0), fc.float({ min: -2, max: 2, noNaN: true })), low: grid, high: grid })
  .map((each) => ({ kind: "twin", ...each }));

/** Ties of both grids, the threshold and its neighbours, zeros of both signs, and anything else. */
const valuesFor = (thresholds: readonly number[], steps: readonly number[]): fc.Arbitrary<Tensor> =>
  fc
    .array(
      fc.oneof(
        fc.tuple(fc.constantFrom(...steps), fc.integer({ min: -300, max: 300 })).map(([each, half]) => Math.fround((each * half) / 2)),
        fc.tuple(fc.constantFrom(...thresholds), fc.constantFrom(1, 1 + 2 ** -23, 1 - 2 ** -23)).map(([each, factor]) => Math.fround(each * factor)),
        fc.constantFrom(0, -0, 2 ** -149),
        fc.float({ min: -300, max: 300, noNaN: true }),
      ),
      { minLength: 12, maxLength: 12 },
    )
    .map((values) => tensor([3, 4], values));

describe("lowering a twin grid", () => {
  it("lets readers read what the simulator says, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(
        twin.chain((encoding) =>
          fc.record({ encoding: fc.constant(encoding), values: valuesFor([encoding.threshold], [...encoding.low.scale, ...encoding.high.scale]) }),
        ),
        async ({ encoding, values }) => {
          const expected = fakeQuantize(values, encoding).data as Float32Array;
          expect(Array.from(await readOf(values, encoding), (each) => each + 0)).toEqual(Array.from(expected, (each) => each + 0));
        },
      ),
      { numRuns: 150 },
    );
  });

  const gelu: TwinEncoding = { kind: "twin", threshold: 0, low: affine("uint8", 0.17 / 255, 255), high: affine("uint8", 3 / 255, 0) };
  const softmax: TwinEncoding = { kind: "twin", threshold: 1 / 16, low: affine("uint8", 1 / 2048, 0, 7), high: affine("uint8", 1 / 127, 0, 7) };
  const symmetric: TwinEncoding = { kind: "twin", threshold: 0, low: affine("int8", 0.2 / 128), high: affine("int8", 3 / 127) };

  const random = seededRandom(3);
  const activations = (shape: readonly number[]): Tensor =>
    tensor(
      shape,
      Array.from({ length: sizeOf(shape) }, () => (random() < 0.5 ? random() * 3 : random() * -0.17)),
    );

  /** A weight as codes behind a DequantizeLinear, and what they stand for. */
  function weight(
    b: GraphBuilder,
    shape: readonly number[],
    channelAxis: number,
  ): { readonly value: Value; readonly real: Tensor; readonly encoding: AffineEncoding } {
    const given = b.random(shape, "w").constant!;
    const config = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" } as const;
    const encoding = encodeWeight(given, { tensor: "w", channelAxis, reductionAxis: 1 - channelAxis, config });
    const codes = quantizeTensor(given, encoding);
    const constants = encodingConstants(b.graph);
    const value = b.op("DequantizeLinear", [b.constant(codes), constants.scale(encoding), constants.zeroPoint(encoding)], axisAttributes(encoding));
    return { value, real: dequantizeTensor(codes, encoding), encoding };
  }

  /** y = x w + bias by rows of x; with each sum the size of its terms, which its rounding is measured in. */
  function multiply(x: Tensor, w: Tensor, bias: ArrayLike<number> = []): { readonly sum: number; readonly size: number }[] {
    const [depth, width] = w.shape as [number, number];
    return Array.from({ length: (sizeOf(x.shape) / depth) * width }, (_, position) => {
      const [row, column] = [Math.floor(position / width), position % width];
      let [sum, size] = [bias[column] ?? 0, Math.abs(bias[column] ?? 0)];
      for (let k = 0; k < depth; k++) {
        const term = Number(x.data[row * depth + k]) * Number(w.data[k * width + column]);
        sum += term;
        size += Math.abs(term);
      }
      return { sum, size };
    });
  }

  function expectSums(actual: Float32Array, expected: readonly { readonly sum: number; readonly size: number }[]): void {
    for (const [index, { sum, size }] of expected.entries()) expect(Math.abs(actual[index]! - sum)).toBeLessThanOrEqual(size * 2 ** -20);
  }

  const shapes: readonly (readonly [string, readonly Dimension[], readonly number[]])[] = [
    ["matrices", [6, 32], [6, 32]],
    ["matrices of any height", ["n", 32], [6, 32]],
    ["three dimensions", [2, 6, 32], [2, 6, 32]],
    ["any number of three dimensions", ["n", "t", 32], [2, 6, 32]],
  ];
  const encodings: readonly (readonly [string, TwinEncoding])[] = [
    ["grids that end at zero", gelu],
    ["grids of scores", softmax],
    ["symmetric grids", symmetric],
  ];

  it.each(shapes.flatMap(([shape, declared, given]) => encodings.map(([name, encoding]) => ({ shape, declared, given, name, encoding }))))(
    "multiplies $shape on $name by a weight, both branches on integers",
    async ({ declared, given, encoding }) => {
      const bias = Array.from({ length: 24 }, (_, index) => index / 10);
      let real: Tensor | undefined;
      const model = buildModel({ inputs: { x: declared } }, (b, { x }) => {
        const w = weight(b, [32, 24], 1);
        real = w.real;
        return { y: b.op("Add", [b.op("MatMul", [x, w.value]), b.constant(bias)]) };
      });
      const values = activations(given);
      expect(await operators(lowered(model, encoding))).toEqual(["MatMulIntegerToFloat", "MatMulIntegerToFloat"]);
      expectSums(await run(model, { x: values }), multiply(fakeQuantize(values, encoding), real!, bias));
    },
  );

  it("keeps an int32 bias of a Gemm with the low branch", async () => {
    const codes = Int32Array.from({ length: 24 }, (_, index) => (index - 12) * 1000);
    let [real, bias]: [Tensor | undefined, Tensor | undefined] = [undefined, undefined];
    const model = buildModel({ inputs: { x: [6, 32] } }, (b, { x }) => {
      const w = weight(b, [24, 32], 0);
      const scale = w.encoding.scale.map((each) => Math.fround(each * gelu.low.scale[0]!));
      const encoding: AffineEncoding = { kind: "affine", dtype: "int32", scale, zeroPoint: scale.map(() => 0), axis: 0 };
      const content: Tensor = { dtype: "int32", shape: [24], data: codes };
      bias = dequantizeTensor(content, encoding);
      real = tensor(
        [32, 24],
        Array.from({ length: 32 * 24 }, (_, index) => Number(w.real.data[(index % 24) * 32 + Math.floor(index / 24)])),
      );
      const constants = encodingConstants(b.graph);
      const c = b.op("DequantizeLinear", [b.constant(content), constants.scale(encoding)], { axis: int(0) });
      return { y: b.op("Gemm", [x, w.value, c], { transB: int(1) }) };
    });
    const values = activations([6, 32]);
    expect(await operators(lowered(model, gelu))).toEqual(["QGemm", "QGemm"]);
    expectSums(await run(model, { x: values }), multiply(fakeQuantize(values, gelu), real!, bias!.data as Float32Array));
  });

  it("multiplies scores by an activation, the scores on the left or on the right", async () => {
    const other = affine("uint8", 0.02, 128);
    for (const isLeft of [true, false]) {
      const model = buildModel({ inputs: { x: [1, 2, 8, 8], v: [1, 2, 8, 8] } }, (b, { x, v }) => {
        const value = addQuantizePair(b.graph, v, other, encodingConstants(b.graph));
        return { y: b.op("MatMul", isLeft ? [x, value] : [value, x]) };
      });
      expect(await operators(lowered(model, softmax))).toEqual(["MatMulIntegerToFloat", "MatMulIntegerToFloat"]);
      const x = tensor(
        [1, 2, 8, 8],
        Array.from({ length: 128 }, () => random() ** 8),
      );
      const v = activations([1, 2, 8, 8]);
      const [read, value] = [fakeQuantize(x, softmax), fakeQuantize(v, other)];
      const half = (whole: Tensor, head: number): Tensor => tensor([8, 8], (whole.data as Float32Array).subarray(head * 64, head * 64 + 64));
      const expected = [0, 1].flatMap((head) => (isLeft ? multiply(half(read, head), half(value, head)) : multiply(half(value, head), half(read, head))));
      expectSums(await run(model, { x, v }), expected);
    }
  });

  it("splits both sides of a product of the operand with itself", async () => {
    const model = buildModel({ inputs: { x: [1, 8, 8] } }, (b, { x }) => ({ y: b.op("MatMul", [x, x]) }));
    expect(await operators(lowered(model, gelu))).toEqual(Array(4).fill("MatMulIntegerToFloat"));
    const values = activations([1, 8, 8]);
    const read = tensor([8, 8], fakeQuantize(values, gelu).data as Float32Array);
    expectSums(await run(model, { x: values }), multiply(read, read));
  });

  it("lets a convolution read the sum of both branches, and computes it once", async () => {
    let real: Tensor | undefined;
    const model = buildModel({ inputs: { x: [1, 8, 5, 5] } }, (b, { x }) => {
      const w = weight(b, [4, 8, 1, 1], 0);
      real = w.real;
      return { y: b.op("Conv", [x, w.value, b.constant([1, 2, 3, 4])]) };
    });
    const values = activations([1, 8, 5, 5]);
    expect(await operators(lowered(model, gelu))).toEqual([expect.stringMatching(/^(Fused)?Conv$/)]);
    const rows = fakeQuantize(values, gelu);
    const actual = await run(model, { x: values });
    for (let channel = 0; channel < 4; channel++) {
      const line = tensor([1, 8], (real!.data as Float32Array).subarray(channel * 8, channel * 8 + 8));
      const bias = Array(25).fill(channel + 1) as number[];
      expectSums(actual.subarray(channel * 25, channel * 25 + 25), multiply(line, tensor([8, 25], rows.data as Float32Array), bias));
    }
  });

  it("puts the grid of the result behind the sum, one step from the simulator at most", async () => {
    const output = affine("uint8", 0.25, 128);
    let real: Tensor | undefined;
    const model = buildModel({ inputs: { x: [2, 6, 32] } }, (b, { x }) => {
      const w = weight(b, [32, 24], 1);
      real = w.real;
      const product = b.op("MatMul", [x, w.value], {}, "product");
      return { y: addQuantizePair(b.graph, product, output, encodingConstants(b.graph)) };
    });
    const values = activations([2, 6, 32]);
    const { graph } = lowered(model, gelu);
    expect(graph.value("product_out")!.producer!.op).toBe("Add");
    const sums = multiply(fakeQuantize(values, gelu), real!).map(({ sum }) => sum);
    const expected = fakeQuantize(tensor([2, 6, 24], sums), output).data;
    const actual = await run(model, { x: values });
    for (const [index, each] of actual.entries()) expect(Math.abs(each - Number(expected[index]))).toBeLessThanOrEqual(0.25);
    expect(actual.filter((each, index) => each !== expected[index]).length).toBeLessThan(3);
  });
});

describe("lowering a logarithmic grid", () => {
  const logs: fc.Arbitrary<LogEncoding> = fc
    .record({ base: fc.constantFrom("2", "sqrt2"), bits: fc.constantFrom(3, 4, 6, 8), scale: step, rounding: fc.constantFrom("nearest", "leading-bit") })
    .map((each) => ({ kind: "log", ...each, rounding: each.base === "2" ? each.rounding : "nearest" }) as LogEncoding);

  /** Around every power of two and its three quarters, and what is not on the grid at all. */
  const valuesOf = ({ scale }: LogEncoding): fc.Arbitrary<Tensor> =>
    fc
      .array(
        fc.oneof(
          fc
            .tuple(fc.integer({ min: -1, max: 80 }), fc.constantFrom(1, 2 / 3, 1.5), fc.constantFrom(1, 1 + 2 ** -22, 1 - 2 ** -22))
            .map(([power, factor, near]) => Math.fround(scale * 2 ** -power * factor * near)),
          fc.double({ min: 0, max: 1, noNaN: true }).map((share) => Math.fround(scale * share)),
          fc.constantFrom(0, -0, -1, 2 ** -149, 1e30),
        ),
        { minLength: 24, maxLength: 24 },
      )
      .map((values) => tensor([4, 6], values));

  it("lets readers read what the simulator says; a logarithm's rounding shows next to a threshold only", async () => {
    await fc.assert(
      fc.asyncProperty(
        logs.chain((encoding) => fc.record({ encoding: fc.constant(encoding), values: valuesOf(encoding) })),
        async ({ encoding, values }) => {
          const expected = fakeQuantize(values, encoding).data as Float32Array;
          const actual = await readOf(values, encoding);
          const steps = encoding.base === "2" ? 1 : 2;
          for (const [index, each] of actual.entries()) {
            const value = Number(values.data[index]);
            const wanted = expected[index]!;
            // The argument of the exponential is rounded once, and so is its result.
            const slack = wanted * 2 ** -22 * (1 + Math.log(encoding.scale / Math.max(wanted, 2 ** -140)));
            if (Math.abs(each - wanted) <= slack) continue;
            const threshold = encoding.rounding === "leading-bit" ? Math.log2(1.5) : 0.5;
            const exponent = steps * Math.log2(encoding.scale / value) - threshold;
            const distance = exponent - roundHalfEven(exponent);
            expect(Math.abs(distance), `${value} on ${JSON.stringify(encoding)}: ${each} instead of ${wanted}`).toBeLessThan(1e-4);
            if (encoding.rounding === "leading-bit") expect(distance).toBeLessThan(0);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("is exact on the thresholds of leading bits, whose ratio is 1.5 times a power of two", async () => {
    const encoding: LogEncoding = { kind: "log", base: "2", bits: 4, scale: 3, rounding: "leading-bit" };
    const values = Array.from({ length: 16 }, (_, power) => 2 / 2 ** power);
    const actual = await readOf(tensor([2, 8], values), encoding);
    expect(Array.from(actual)).toEqual(values.map((_, power) => expect.closeTo(power < 15 ? 3 * 2 ** -(power + 1) : 0, 6)));
    expect(actual.at(-1)).toBe(0);
  });

  it("is read by a product that computes in float, and counts what is no number as nothing", async () => {
    const encoding: LogEncoding = { kind: "log", base: "sqrt2", bits: 4, scale: 1, rounding: "nearest" };
    const model = buildModel({ inputs: { x: [2, 8], v: [8, 4] } }, (b, { x, v }) => ({
      y: b.op("MatMul", [x, addQuantizePair(b.graph, v, affine("uint8", 0.5, 128), encodingConstants(b.graph))]),
    }));
    expect(await operators(lowered(model, encoding))).toEqual(["MatMul"]);
    const x = tensor([2, 8], [Number.NaN, ...Array<number>(15).fill(0.5)]);
    const y = await run(model, { x, v: tensor([8, 4], Array<number>(32).fill(1)) });
    expect(Array.from(y)).toEqual([...Array<number>(4).fill(3.5), ...Array<number>(4).fill(4)].map((each) => expect.closeTo(each, 5)));
  });
});
