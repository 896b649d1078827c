import { probeRuntime, tableOf } from "@halftone/core/probing";
import { env } from "onnxruntime-node";
import { expect, test } from "vitest";
import { cpuKind } from "../target/cpu.ts";
import { avx2Table } from "../target/generated/avx2.ts";
import { vnniTable } from "../target/generated/vnni.ts";
import { probedNode } from "./probed-node.ts";

// The committed tables are of x86 CPUs.
test.skipIf(process.arch !== "x64")("a fresh probe equals the committed table", async () => {
  const kind = await cpuKind();
  const table = tableOf(await probeRuntime(probedNode()), `onnxruntime-node ${env.versions.node}`, kind);
  expect(table).toEqual({ vnni: vnniTable, avx2: avx2Table }[kind]);
});
