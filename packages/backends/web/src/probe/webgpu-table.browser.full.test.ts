import { operatorProbes, probeRuntime, probeWeightsOnly, tableOf, weightsOnlyOperators } from "@halftone/core/probing";
import { env } from "onnxruntime-web/webgpu";
import { expect, test } from "vitest";
import { committedAndFresh } from "./fixtures/committed.ts";
import { probedWebGpu } from "./probed-webgpu.ts";

test("a fresh probe of WebGPU equals the committed table", async () => {
  const runtime = probedWebGpu();
  const integer = tableOf(await probeRuntime(runtime), `onnxruntime-web ${env.versions.web}`, "webgpu");
  const rows = await probeWeightsOnly(runtime, operatorProbes);
  const operators = { ...integer.operators, ...weightsOnlyOperators(rows) };
  const table = { ...integer, operators, float: integer.float.filter((op) => !(op in operators)) };
  const { committed, fresh } = await committedAndFresh(table);
  expect(fresh).toBe(committed);
});
