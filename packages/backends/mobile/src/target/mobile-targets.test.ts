import type { OperatorSupport } from "@halftone/core";
import { describeTarget } from "@halftone/core/testing";
import { nodeCpuVnni } from "@halftone/node";
import { expect, test } from "vitest";
import { mobileTargets, providerTable } from "./mobile-targets.ts";
import { cpuOperators } from "./tables/cpu.ts";

for (const target of mobileTargets()) describeTarget(target.name, () => target);

test("every row says where it is from", () => {
  for (const { name, operators } of mobileTargets()) {
    const { shapes, fusions, fallback, operators: rows } = providerTable(name);
    const cited = [
      shapes,
      fallback,
      ...fusions,
      ...Object.values(rows),
      ...Object.values(rows).flatMap(({ integer }) => integer ?? []),
      ...Object.values(operators),
    ];
    for (const { source } of cited) expect(source).toMatch(/^(ONNX Runtime|probe of onnxruntime-node)/);
  }
});

test("what the CPU provider takes over is what the probe of it found", () => {
  const probed = nodeCpuVnni().operators;
  expect(Object.keys(cpuOperators).sort()).toEqual(Object.keys(probed).sort());
  for (const [op, { source, ...row }] of Object.entries(cpuOperators)) {
    const { activations, weights, ...rest } = probed[op]!;
    expect(activations, op).toEqual(expect.arrayContaining([...row.activations]));
    expect(weights, op).toEqual(expect.arrayContaining([...row.weights]));
    expect({ ...row, activations, weights }, op).toEqual({ activations, weights, ...rest } satisfies OperatorSupport);
  }
});

test("a name that is none is answered with those that are", () => {
  expect(() => providerTable("mobile-xnpack")).toThrow(/mobile-xnnpack, mobile-nnapi, mobile-coreml, mobile-qnn/);
});
