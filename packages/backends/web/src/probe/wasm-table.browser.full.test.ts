import { probeRuntime, tableOf } from "@halftone/core/probing";
import { env } from "onnxruntime-web/wasm";
import { expect, test } from "vitest";
import { committedAndFresh } from "./fixtures/committed.ts";
import { probedWasm } from "./probed-wasm.ts";

test("a fresh probe of WebAssembly equals the committed table", async () => {
  const table = tableOf(await probeRuntime(probedWasm()), `onnxruntime-web ${env.versions.web}`, "wasm");
  const { committed, fresh } = await committedAndFresh(table);
  expect(fresh).toBe(committed);
});
