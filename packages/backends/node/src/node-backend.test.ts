import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { QuantError, readModel, type SessionOptions, type Value, writeModel } from "@halftone/core";
import { buildModel, dequantizedConv, describeBackend, floats, tensor } from "@halftone/core/testing";
import * as onnxruntime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { nodeBackend } from "./node-backend.ts";

const fourBit = "passes no 4-bit tensors through its binding";

describeBackend("node", () => nodeBackend(), { skipDtypes: { int4: fourBit, uint4: fourBit, bfloat16: "passes no bfloat16 through its binding" } });

const negation = () => writeModel(buildModel({ inputs: { x: [1] } }, (b, { x }) => ({ y: b.op("Neg", [x]) })));

const quantizedDoubling = () =>
  writeModel(
    buildModel({ inputs: { x: [4] } }, (b, { x }) => {
      const [scale, zero] = [b.constant([0.1], []), b.constant(tensor("uint8", [], new Uint8Array([100])))];
      const rounded = (value: Value) => b.op("DequantizeLinear", [b.op("QuantizeLinear", [value, scale, zero]), scale, zero]);
      const real = rounded(x);
      return { y: rounded(b.op("Add", [real, real])) };
    }),
  );

describe("nodeBackend", () => {
  test("loads the runtime once, on the first use, and again after a load that failed", async () => {
    let loads = 0;
    const backend = nodeBackend({
      runtime: async () => {
        loads++;
        if (loads === 1) throw new Error("no such module");
        return onnxruntime;
      },
    });
    expect(loads).toBe(0);
    const failed = await Promise.allSettled([backend.open(negation()), backend.open(negation())]);
    expect(failed.map((result) => result.status === "rejected" && QuantError.is(result.reason, "backend-unavailable"))).toEqual([true, true]);
    expect(failed[0]).toMatchObject({ reason: { message: expect.stringMatching(/npm install onnxruntime-node/) } });
    expect(loads).toBe(1);
    const sessions = await Promise.all([backend.open(negation()), backend.open(negation())]);
    expect(loads).toBe(2);
    for (const session of sessions) await session.dispose();
  });

  test("fuseQuantized is what keeps the runtime from quantizing float weights on its own", async () => {
    const { model, input } = dequantizedConv();
    const backend = nodeBackend();
    const secondChannel = async (options: SessionOptions) => {
      const session = await backend.open(model, options);
      const { y } = await session.run({ x: input });
      await session.dispose();
      return (y!.data as Float32Array).subarray(9);
    };
    const exact = await secondChannel({ optimization: "disabled" });
    const distance = (other: Float32Array) => Math.hypot(...other.map((value, i) => value - exact[i]!)) / Math.hypot(...exact);
    expect(distance(await secondChannel({ fuseQuantized: false }))).toBeLessThan(1e-3);
    expect(distance(await secondChannel({}))).toBeGreaterThan(0.5);
  });

  test("refuses 4-bit outputs instead of ending the process", async () => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => {
      const zero = b.constant(tensor("int4", [], new Uint8Array([0])));
      return { y: b.op("QuantizeLinear", [x, b.constant([1], []), zero]) };
    });
    model.graph.value("y")!.dtype = "int4";
    const session = await nodeBackend().open(writeModel(model));
    await expect(session.run({ x: floats([2], [1, 2]) })).rejects.toMatchObject({ code: "backend-failed", details: { tensor: "y", dtype: "int4" } });
    await session.dispose();
  });

  test("names the node that failed", async () => {
    const model = buildModel({ inputs: { x: ["n"] } }, (b, { x }) => ({ y: b.op("Reshape", [x, b.int64([7])], {}, "to_seven") }));
    const session = await nodeBackend().open(writeModel(model));
    await expect(session.run({ x: floats([4], [1, 2, 3, 4]) })).rejects.toMatchObject({ code: "backend-failed", details: { node: "to_seven" } });
    await session.dispose();
  });

  test("dispose waits for a run that has begun", async () => {
    const session = await nodeBackend().open(negation());
    const running = session.run({ x: floats([1], [3]) });
    await session.dispose();
    expect((await running)["y"]).toEqual(floats([1], [-3]));
  });

  test("the optimized model is what the level asks for, and its temporary folder is gone", async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("halftone-optimize-"));
    const before = folders();
    const backend = nodeBackend();
    const operators = async (options: SessionOptions) =>
      readModel(await backend.optimize!(quantizedDoubling(), options))
        .graph.nodes.map((node) => node.op)
        .join(" ");
    expect(await operators({ optimization: "all" })).toBe("QuantizeLinear QLinearAdd DequantizeLinear");
    expect(await operators({ optimization: "all", fuseQuantized: false })).not.toContain("QLinear");
    expect(await operators({ optimization: "disabled" })).not.toContain("QLinear");
    await expect(backend.optimize!({ model: new Uint8Array(3) })).rejects.toMatchObject({ code: "backend-failed" });
    expect(folders()).toEqual(before);
  });

  test("a model with side files is optimized into one with a side file", async () => {
    const built = buildModel({ inputs: { x: [1, 40] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.op("Add", [b.random([40, 40]), b.random([40, 40])])]) }));
    const model = writeModel(built, { externalFrom: 100 });
    const backend = nodeBackend();
    const optimized = await backend.optimize!(model, { optimization: "basic" });
    expect([...optimized.external!.values()].map((bytes) => bytes.byteLength >= 6400)).toEqual([true]);
    expect(optimized.model.byteLength).toBeLessThan(3000);
    expect(existsSync("optimized.data")).toBe(false);
    const x = floats([1, 40], Array(40).fill(1));
    const results = await Promise.all([model, optimized].map(async (files) => (await (await backend.open(files)).run({ x }))["y"]));
    expect(results[1]).toEqual(results[0]);
  });
});
