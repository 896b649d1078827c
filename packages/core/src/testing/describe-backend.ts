import { afterEach, describe, expect, test } from "vitest";
import { writeModel } from "../onnx/index.ts";
import type { Backend, ModelFiles, Session, SessionOptions, Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "./build-model.ts";
import { dtypeSamples } from "./dtype-samples.ts";
import { dequantizedConv } from "./quantized-models.ts";
import { floats, tensor } from "./tensors.ts";

export interface DescribeBackendOptions {
  /** Element types the runtime cannot carry, each with the reason. */
  readonly skipDtypes?: Readonly<Record<string, string>>;
}

/** What every `Backend` must do. Call it at the top level of a test file; needs vitest. */
export function describeBackend(name: string, create: () => Backend, options: DescribeBackendOptions = {}): void {
  describe(`backend ${name}`, () => {
    const backend = create();
    const opened: Session[] = [];
    const open = async (model: ModelFiles, sessionOptions?: SessionOptions) => {
      const session = await backend.open(model, sessionOptions);
      opened.push(session);
      return session;
    };
    afterEach(async () => {
      for (const session of opened.splice(0)) await session.dispose();
    });

    test("names inputs and outputs in the model's order", async () => {
      const session = await open(sumAndDifference());
      expect(session.inputs).toEqual(["b", "a"]);
      expect(session.outputs).toEqual(["sum", "difference"]);
    });

    test("says what type the runtime infers, where it says so at all", async (context) => {
      const inputs = { x: ["n", 2, 8, 8], target: { dtype: "int64", shape: ["k"] } } as const;
      const model = buildModel({ inputs }, (b, { x, target }) => {
        const y = b.op("Conv", [x, b.random([5, 2, 3, 3])]);
        return { y, sizes: b.op("Shape", [y]), unknown: b.op("Reshape", [y, target]), positions: b.op("NonZero", [y]) };
      });
      const session = await open(writeModel(model));
      if (!session.describe) context.skip(`${name} describes no values: the method is optional`);
      expect(session.describe!("x")).toEqual({ dtype: "float32", shape: ["n", 2, 8, 8] });
      expect(session.describe!("sizes")).toEqual({ dtype: "int64", shape: [4] });
      expect(session.describe!("y")).toEqual({ dtype: "float32", shape: ["n", 5, 6, 6] });
      expect(session.describe!("unknown")).toEqual({ dtype: "float32", shape: undefined });
      expect(session.describe!("positions")).toEqual({ dtype: "int64", shape: [4, expect.any(String)] });
      expect(session.describe!("no such value")).toBeUndefined();
    });

    test("computes", async () => {
      const session = await open(sumAndDifference());
      const outputs = await session.run({ a: floats([2], [5, 7]), b: floats([2], [1, 2]) });
      expect(Object.keys(outputs).sort()).toEqual(["difference", "sum"]);
      expect(outputs["sum"]).toEqual(floats([2], [6, 9]));
      expect(outputs["difference"]).toEqual(floats([2], [4, 5]));
    });

    test("answers only what is asked for", async () => {
      const session = await open(sumAndDifference());
      const outputs = await session.run({ a: floats([1], [5]), b: floats([1], [1]) }, { fetch: ["difference"] });
      expect(outputs).toEqual({ difference: floats([1], [4]) });
    });

    const carried = dtypeSamples.filter(({ dtype }) => options.skipDtypes?.[dtype] === undefined);
    test(`carries ${carried.map(({ dtype }) => dtype).join(", ")} in and out`, async () => {
      const samples = Object.fromEntries(carried.map((sample) => [sample.dtype, sample]));
      const model = buildModel({ inputs: samples }, (b, inputs) =>
        Object.fromEntries(Object.entries(inputs).map(([dtype, value]) => [`${dtype} out`, b.op("Identity", [value])])),
      );
      const outputs = await (await open(writeModel(model))).run(samples);
      for (const [dtype, sample] of Object.entries(samples)) expect(outputs[`${dtype} out`]).toEqual(sample);
    });
    for (const [dtype, reason] of Object.entries(options.skipDtypes ?? {})) {
      test(`carries ${dtype} in and out`, (context) => context.skip(`${name} ${reason}`));
    }

    test("carries empty tensors, scalars and changing shapes", async () => {
      const session = await open(unary("Neg", ["n", "m"]));
      for (const shape of [
        [0, 3],
        [2, 1],
        [1, 4],
      ] as const) {
        const values = Array.from({ length: shape[0] * shape[1] }, (_, i) => i + 1);
        const negated = values.map((value) => -value);
        expect((await session.run({ x: floats(shape, values) }))["y"]).toEqual(floats(shape, negated));
      }
      const scalar = await open(unary("Neg", []));
      expect((await scalar.run({ x: floats([], [3]) }))["y"]).toEqual(floats([], [-3]));
    });

    test("carries names that mean something to JavaScript", async () => {
      // biome-ignore lint/suspicious/noProto: an input of that name is what is tested
      const model = buildModel({ inputs: { ["__proto__"]: [1] } }, (b, inputs) => ({ constructor: b.op("Neg", [inputs["__proto__"]]) }));
      const session = await open(writeModel(model));
      const feeds: Tensors = Object.fromEntries([["__proto__", floats([1], [2])]]);
      expect(Object.entries(await session.run(feeds))).toEqual([["constructor", floats([1], [-2])]]);
    });

    test("leaves the feeds alone and gives the outputs away", async () => {
      const session = await open(passThroughAndConstant());
      const x = floats([3], [1, 2, 3]);
      const first = await session.run({ x });
      for (const output of Object.values(first)) (output.data as Float32Array).fill(99);
      expect(x).toEqual(floats([3], [1, 2, 3]));
      const second = await session.run({ x });
      expect(second["copy"]).toEqual(floats([3], [1, 2, 3]));
      expect(second["fixed"]).toEqual(floats([2], [7, 8]));
    });

    test("reads weights from side files", async () => {
      const ramp = Array.from({ length: 400 }, (_, i) => i);
      const model = writeModel(
        buildModel({ inputs: { x: [1] } }, (b, { x }) => ({ y: b.op("Add", [x, b.constant(ramp)]) })),
        { externalFrom: 100 },
      );
      expect(model.external?.size).toBe(1);
      const session = await open(model);
      const { y } = await session.run({ x: floats([1], [0.5]) });
      expect((y!.data as Float32Array)[399]).toBe(399.5);
      await refuses(backend.open({ model: model.model }), "backend-failed");
    });

    test("refuses what is not a model, in the runtime's words", async () => {
      const error = await refuses(backend.open({ model: new TextEncoder().encode("not a model") }), "backend-failed");
      expect(error.message.length).toBeGreaterThan("backend-failed".length);
      await refuses(backend.open(unary("NoSuchOperator", [1])), "backend-failed");
    });

    test("refuses feeds and fetches that do not fit, and works on", async () => {
      const session = await open(sumAndDifference(2));
      const a = floats([2], [5, 7]);
      const wrong: Tensors[] = [{ a }, { a, b: floats([3], [1, 2, 3]) }, { a, b: tensor("int32", [2], new Int32Array(2)) }, { a, b: floats([2], [1]) }];
      for (const feeds of wrong) await refuses(session.run(feeds), "backend-failed");
      await refuses(session.run({ a, b: a }, { fetch: ["product"] }), "backend-failed");
      expect((await session.run({ a, b: a }))["sum"]).toEqual(floats([2], [10, 14]));
    });

    test("a signal that fired stops a run, and only that run", async () => {
      const session = await open(unary("Neg", [1]));
      const cause = { why: "the caller's reason" };
      const error = await refuses(session.run({ x: floats([1], [1]) }, { signal: AbortSignal.abort(cause) }), "aborted");
      expect(error.cause).toBe(cause);
      expect((await session.run({ x: floats([1], [1]) }, { signal: new AbortController().signal }))["y"]).toEqual(floats([1], [-1]));
    });

    test("runs that overlap do not disturb each other", async () => {
      const sessions = [await open(unary("Neg", ["n"])), await open(unary("Abs", ["n"]))];
      const values = Array.from({ length: 12 }, (_, i) => i - 6);
      const runs = await Promise.all(values.map((value, i) => sessions[i % 2]!.run({ x: floats([1], [value]) })));
      expect(runs.map((outputs) => (outputs["y"]!.data as Float32Array)[0])).toEqual(values.map((value, i) => (i % 2 === 0 ? -value : Math.abs(value))));
    });

    test("can be disposed twice, and then refuses to run", async () => {
      const session = await open(unary("Neg", [1]));
      await Promise.all([session.dispose(), session.dispose()]);
      await session.dispose();
      await refuses(session.run({ x: floats([1], [1]) }), "backend-failed");
    });

    test("optimization levels and threads change nothing but speed", async () => {
      const x = floats(
        [1, 3, 6, 6],
        Array.from({ length: 108 }, (_, i) => Math.fround(Math.sin(i))),
      );
      const results: Tensor[] = [];
      for (const sessionOptions of [
        { optimization: "disabled" },
        { optimization: "basic" },
        { optimization: "extended" },
        { optimization: "all", threads: 1 },
      ] as const) {
        const session = await open(convolution(), sessionOptions);
        results.push((await session.run({ x }))["y"]!);
      }
      for (const result of results) expectClose(result, results[0]!);
    });

    test("without fused quantization, float weights behind a DequantizeLinear stay exact", async () => {
      const { model, input, step } = dequantizedConv();
      const exact = await open(model, { optimization: "disabled" });
      const simulated = await open(model, { fuseQuantized: false });
      expectClose((await simulated.run({ x: input }))["y"]!, (await exact.run({ x: input }))["y"]!, step);
    });

    test("shows its optimized model, which computes the same", async (context) => {
      if (!backend.optimize) context.skip(`${name} cannot show its optimized model`);
      const x = floats(
        [1, 3, 6, 6],
        Array.from({ length: 108 }, (_, i) => Math.fround(Math.cos(i))),
      );
      const expected = (await (await open(convolution())).run({ x }))["y"]!;
      const optimized = await backend.optimize!(convolution(), { optimization: "basic" });
      expect(optimized.model).not.toEqual(convolution().model);
      expectClose((await (await open(optimized)).run({ x }))["y"]!, expected);
      await refuses(backend.optimize!({ model: new Uint8Array([1, 2, 3]) }), "backend-failed");
    });
  });
}

async function refuses(promise: Promise<unknown>, code: string): Promise<Error & { cause?: unknown }> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toMatchObject({ name: "QuantError", code });
  return outcome as Error;
}

/** Float arithmetic in another order: equal to a few units in the last place of the largest value of each channel, or to one step. */
function expectClose(actual: Tensor, expected: Tensor, step = 0): void {
  expect(actual.shape).toEqual(expected.shape);
  const plane = expected.shape.slice(2).reduce((product, size) => product * size, 1);
  const [a, b] = [actual.data as Float32Array, expected.data as Float32Array];
  for (let start = 0; start < b.length; start += plane) {
    const channel = b.subarray(start, start + plane);
    const largest = channel.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = channel.reduce((most, value, i) => Math.max(most, Math.abs(value - a[start + i]!)), 0);
    expect(worst).toBeLessThanOrEqual(Math.max(1e-5 * largest, step));
  }
}

function sumAndDifference(length: number | string = "n"): ModelFiles {
  return writeModel(
    buildModel({ inputs: { b: [length], a: [length] } }, (build, { a, b }) => ({ sum: build.op("Add", [a, b]), difference: build.op("Sub", [a, b]) })),
  );
}

function unary(op: string, shape: readonly (number | string)[]): ModelFiles {
  return writeModel(buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op(op, [x]) })));
}

function passThroughAndConstant(): ModelFiles {
  return writeModel(buildModel({ inputs: { x: [3] } }, (b, { x }) => ({ copy: b.op("Identity", [x]), fixed: b.op("Identity", [b.constant([7, 8])]) })));
}

function convolution(): ModelFiles {
  const model = buildModel({ inputs: { x: [1, 3, 6, 6] } }, (b, { x }) => {
    const convolved = b.op("Conv", [x, b.random([4, 3, 3, 3]), b.random([4])]);
    return { y: b.op("Relu", [b.op("Identity", [convolved])]) };
  });
  return writeModel(model);
}
