import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { QuantError, readModel, type SessionOptions, type Value } from "@halftone/core";
import { dequantizedConv, describeBackend, floats, tinyModel } from "@halftone/core/testing";
import * as onnxruntime from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { nodeBackend } from "./node-backend.ts";

const fourBit = "passes no 4-bit tensors through its binding";

describeBackend("node", () => nodeBackend(), { skipDtypes: { int4: fourBit, uint4: fourBit, bfloat16: "passes no bfloat16 through its binding" } });

const negation = () => tinyModel((graph) => graph.addOutput(graph.addNode("Neg", [graph.addInput("x", "float32", [1])], { outputs: ["y"] }).outputs[0]!));

const quantizedDoubling = () =>
  tinyModel((graph) => {
    const scale = graph.addConstant("scale", floats([], [0.1]));
    const zero = graph.addConstant("zero", { dtype: "uint8", shape: [], data: new Uint8Array([100]) });
    const rounded = (value: Value | undefined, outputs: string[]) =>
      graph.addNode("DequantizeLinear", [graph.addNode("QuantizeLinear", [value, scale, zero]).outputs[0], scale, zero], { outputs }).outputs[0]!;
    const real = rounded(graph.addInput("x", "float32", [4]), ["real"]);
    graph.addOutput(rounded(graph.addNode("Add", [real, real]).outputs[0], ["y"]));
  });

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
    const channel = async (options: SessionOptions) => {
      const session = await backend.open(model, options);
      const { y } = await session.run({ x: input });
      await session.dispose();
      return (y!.data as Float32Array).subarray(9);
    };
    const exact = await channel({ optimization: "disabled" });
    const distance = (other: Float32Array) => Math.hypot(...other.map((value, i) => value - exact[i]!)) / Math.hypot(...exact);
    expect(distance(await channel({ fuseQuantized: false }))).toBeLessThan(1e-3);
    expect(distance(await channel({}))).toBeGreaterThan(0.5);
  });

  test("refuses 4-bit inputs and outputs instead of ending the process", async () => {
    const model = tinyModel((graph) => {
      const zero = graph.addConstant("zero", { dtype: "int4", shape: [], data: new Uint8Array([0]) });
      const scale = graph.addConstant("scale", floats([], [1]));
      graph.addOutput(graph.addNode("QuantizeLinear", [graph.addInput("x", "float32", [2]), scale, zero], { outputs: ["y"] }).outputs[0]!);
    });
    const session = await nodeBackend().open(model);
    await expect(session.run({ x: floats([2], [1, 2]) })).rejects.toMatchObject({ code: "backend-failed", details: { tensor: "y", dtype: "int4" } });
    await session.dispose();
  });

  test("names the node that failed", async () => {
    const model = tinyModel((graph) => {
      const shape = graph.addConstant("shape", { dtype: "int64", shape: [1], data: new BigInt64Array([7n]) });
      graph.addOutput(graph.addNode("Reshape", [graph.addInput("x", "float32", ["n"]), shape], { name: "to_seven", outputs: ["y"] }).outputs[0]!);
    });
    const session = await nodeBackend().open(model);
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
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("halftone-"));
    const backend = nodeBackend();
    const operators = async (options: SessionOptions) =>
      [...readModel(await backend.optimize!(quantizedDoubling(), options)).graph.nodes].map((node) => node.op).join(" ");
    expect(await operators({ optimization: "all" })).toBe("QuantizeLinear QLinearAdd DequantizeLinear");
    const unfused = "QuantizeLinear DequantizeLinear Add QuantizeLinear DequantizeLinear";
    expect(await operators({ optimization: "all", fuseQuantized: false })).toBe(unfused);
    expect(await operators({ optimization: "disabled" })).toBe(unfused);
    await expect(backend.optimize!({ model: new Uint8Array(3) })).rejects.toMatchObject({ code: "backend-failed" });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("halftone-") && !before.includes(name))).toEqual([]);
  });

  test("a model with side files is optimized into one with a side file", async () => {
    const weight = floats(
      [40, 40],
      Array.from({ length: 1600 }, (_, i) => i),
    );
    const model = tinyModel(
      (graph) => {
        const doubled = graph.addNode("Add", [graph.addConstant("a", weight), graph.addConstant("b", weight)]).outputs[0];
        graph.addOutput(graph.addNode("MatMul", [graph.addInput("x", "float32", [1, 40]), doubled], { outputs: ["y"] }).outputs[0]!);
      },
      { externalFrom: 100 },
    );
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
