import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { minMax } from "@halftone/min-max";
import { nodeBackend, nodeCpuVnni, readModelFiles } from "@halftone/node";
import { qHyVit } from "@halftone/q-hyvit";
import { describe, expect, test } from "vitest";
import { elementCount } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import { quantize } from "../quantizer.ts";
import type { CalibrationSource } from "../spec/index.ts";
import { floats } from "../testing/tensors.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const assets = resolve(root, process.env["HALFTONE_ASSETS"] ?? "../shared/assets");
const shape = [1, 3, 224, 224];

const source: CalibrationSource = {
  id: "noise",
  batches: 2,
  async *[Symbol.asyncIterator]() {
    const random = seededRandom(3);
    for (let sample = 0; sample < 2; sample++)
      yield {
        input: floats(
          shape,
          Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1),
        ),
      };
  },
};

describe.skipIf(!existsSync(assets))("int8 activations (needs HALFTONE_ASSETS)", () => {
  test.each(["mobilevit-imagenette", "mobilevitv2-imagenette", "mobilenet-v2-1.0-224"])("%s runs, as with uint8", async (name) => {
    const model = await readModelFiles(resolve(assets, "models", name, "model.onnx"));
    const quantized = (dtype: "int8" | "uint8") =>
      quantize({ model, source, method: minMax(), target: nodeCpuVnni(), backend: nodeBackend(), config: { activations: { dtype } } });
    const [signed, unsigned] = [await quantized("int8"), await quantized("uint8")];
    const levels = [signed, unsigned].map(({ report }) => Object.values(report.outputs)[0]!.sqnrDb);
    expect(levels[0]).toBeGreaterThan(levels[1]! - 1);
  });

  test("a search that needs gradients works on the newer operator set", async () => {
    const model = await readModelFiles(resolve(assets, "models", "mobilevit-imagenette", "model.onnx"));
    const options = {
      model,
      source,
      target: nodeCpuVnni(),
      backend: nodeBackend(),
      search: { samples: 1 },
      config: { activations: { dtype: "int8" } },
    } as const;
    const { report } = await quantize({ ...options, method: qHyVit({ candidates: 4, rounds: 1 }) });
    expect(Object.values(report.outputs)[0]!.sqnrDb).toBeGreaterThan(15);
  });
});
