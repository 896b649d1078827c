import { operatorProbes, probeRuntime, probeWeightsOnly, tableOf, weightsOnlyOperators } from "@halftone/core/probing";
import { env } from "onnxruntime-web/wasm";
import { expect, test } from "vitest";
import { committedAndFresh } from "./fixtures/committed.ts";
import { probedWasm } from "./probed-wasm.ts";

const runtime = probedWasm();

test("a fresh probe of WebAssembly equals the committed table", async () => {
  const table = tableOf(await probeRuntime(runtime), `onnxruntime-web ${env.versions.web}`, "wasm");
  const { committed, fresh } = await committedAndFresh(table);
  expect(fresh).toBe(committed);
});

test("a fresh probe of weights alone on WebAssembly equals the committed table", async () => {
  const operators = weightsOnlyOperators(await probeWeightsOnly(runtime, operatorProbes));
  const float = [...new Set(operatorProbes.map(({ op }) => op))].filter((op) => !(op in operators));
  const { committed, fresh } = await committedAndFresh({ runtime: `onnxruntime-web ${env.versions.web}`, machine: "wasmWeights", operators, float });
  expect(fresh).toBe(committed);
});
