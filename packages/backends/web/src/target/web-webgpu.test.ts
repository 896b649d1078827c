import { plan, quantize, readModel } from "@halftone/core";
import { describeTarget } from "@halftone/core/testing";
import { easyQuant } from "@halftone/easyquant";
import { fqVit } from "@halftone/fq-vit";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { ptq4vit } from "@halftone/ptq4vit";
import { qHyVit } from "@halftone/q-hyvit";
import { repqVit } from "@halftone/repq-vit";
import { expect, test } from "vitest";
import { hybrid, seededSource } from "../fixtures/plan-case.ts";
import { webWebGpu } from "./web-webgpu.ts";

describeTarget("web-webgpu", webWebGpu);

const options = () => ({ model: hybrid(), source: seededSource(), target: webWebGpu(), backend: nodeBackend() });

test("only weights are quantized: no QuantizeLinear is left in, every DequantizeLinear reads a constant", async () => {
  const { model, plan: made, report } = await quantize({ ...options(), method: minMax() });
  const { graph } = readModel(model);
  const dequantize = graph.nodes.filter(({ op }) => op === "DequantizeLinear");
  expect(graph.nodes.filter(({ op }) => op === "QuantizeLinear")).toEqual([]);
  expect(dequantize.map((node) => node.inputs[0]?.constant?.dtype)).toEqual(Array(6).fill("int8"));
  expect(Object.values(made.nodes).filter(({ mode }) => mode === "weights").length).toBe(6);
  expect(report.nodes.quantized).toBe(6);
  for (const { sqnrDb } of Object.values(report.outputs)) expect(sqnrDb).toBeGreaterThan(25);
});

test("4-bit weights are a wish that WebGPU grants", async () => {
  const { model } = await quantize({ ...options(), method: minMax(), config: { weights: { dtype: "int4" } } });
  expect(new Set(readModel(model).graph.nodes.flatMap((node) => (node.op === "DequantizeLinear" ? [node.inputs[0]?.constant?.dtype] : [])))).toEqual(
    new Set(["int4"]),
  );
});

test.each([
  ["easyquant", easyQuant],
  ["fq-vit", fqVit],
  ["ptq4vit", ptq4vit],
  ["repq-vit", repqVit],
  ["q-hyvit", qHyVit],
] as const)("%s answers for weights alone", async (_, method) => {
  const { nodes } = await plan({ ...options(), method: method() });
  expect(Object.values(nodes).filter(({ mode }) => mode === "weights").length).toBe(6);
});
