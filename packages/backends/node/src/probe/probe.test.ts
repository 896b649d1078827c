import { operatorProbes, probeRuntime, tableOf } from "@halftone/core/probing";
import { expect, test } from "vitest";
import { cpuKind } from "../target/cpu.ts";
import { avx2Table } from "../target/generated/avx2.ts";
import { vnniTable } from "../target/generated/vnni.ts";
import { probedNode } from "./probed-node.ts";

const committed = { vnni: vnniTable, avx2: avx2Table }[await cpuKind()];

/** One or two of every role; the whole table is compared in the full tests. */
const sample = ["Gemm", "Add", "Relu", "LayerNormalization", "Resize", "Split", "Pad"];

// The committed tables are of x86 CPUs.
test.skipIf(process.arch !== "x64")("the runtime still does what the committed table says (a sample)", async () => {
  const rows = await probeRuntime(
    probedNode(),
    operatorProbes.filter(({ op }) => sample.includes(op)),
  );
  const fresh = tableOf(rows, committed.runtime, committed.machine);
  const isSampled = ([op]: readonly [string, unknown]) => sample.includes(op);
  expect(fresh.operators).toEqual(Object.fromEntries(Object.entries(committed.operators).filter(isSampled)));
  expect([...fresh.float].sort()).toEqual(committed.float.filter((op) => sample.includes(op)).sort());
});

test("both tables list the same operators: which kernels there are does not depend on the CPU", () => {
  expect(Object.keys(avx2Table.operators)).toEqual(Object.keys(vnniTable.operators));
  expect(avx2Table.float).toEqual(vnniTable.float);
  expect(avx2Table.runtime).toBe(vnniTable.runtime);
});
