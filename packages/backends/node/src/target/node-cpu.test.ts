import type { AffineEncoding, NodeView } from "@halftone/core";
import { buildModel, describeTarget } from "@halftone/core/testing";
import { expect, test } from "vitest";
import { nodeCpuAvx2, nodeCpuVnni, nodeTarget, nodeTargets } from "./node-cpu.ts";

const cpuinfo = (flags: string) => async () => `processor\t: 0\nvendor_id\t: X\nflags\t\t: fpu sse4_2 ${flags}\nbogomips\t: 1\n`;

test.each([
  ["avx2 avx512f avx512_vnni", "node-cpu-vnni"],
  ["avx2 avx_vnni", "node-cpu-vnni"],
  ["avx2 avx512f avx512bw", "node-cpu-avx2"],
  ["avx2 not_avx_vnni", "node-cpu-avx2"],
])("a CPU with %s gets %s", async (flags, name) => {
  expect((await nodeTarget({ readText: cpuinfo(flags) })).name).toBe(name);
});

test("where the CPU cannot be read, the target is the one that is exact everywhere", async () => {
  const readText = async () => {
    throw new Error("ENOENT");
  };
  expect((await nodeTarget({ readText })).name).toBe("node-cpu-avx2");
  expect(nodeTargets().map(({ name }) => name)).toContain((await nodeTarget()).name);
});

test("int8 weights need a reduced range only where 16-bit sums can overflow", () => {
  const { graph } = buildModel({ inputs: { x: [1, 2, 4, 4] } }, (b, { x }) => ({ y: b.op("Conv", [x, b.random([4, 2, 3, 3], "w")], {}, "conv") }));
  const conv: NodeView = graph.node("conv")!;
  const int8: AffineEncoding = { kind: "affine", dtype: "int8", scale: [0.1], zeroPoint: [0] };
  expect(nodeCpuVnni().supports(conv, "w", int8)).toEqual({ ok: true });
  expect(nodeCpuAvx2().supports(conv, "w", int8)).toMatchObject({ ok: false, reason: expect.stringContaining("overflow") });
  expect(nodeCpuAvx2().supports(conv, "w", { ...int8, bits: 7 })).toEqual({ ok: true });
  expect(nodeCpuAvx2().supports(conv, "w", { ...int8, dtype: "uint8", zeroPoint: [128] })).toEqual({ ok: true });
});

for (const target of nodeTargets()) describeTarget(target.name, () => target);
