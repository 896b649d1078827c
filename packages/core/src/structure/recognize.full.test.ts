import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assetModels, ocrModels } from "../normalize/fixtures/real-models.ts";
import { readModel } from "../onnx/index.ts";
import { recognized } from "./fixtures/recognized.ts";

const assets = process.env.HALFTONE_ASSETS ?? join(import.meta.dirname, "../../../../../shared/assets");
const structureOf = (name: string) => recognized(readModel([...ocrModels(), ...assetModels()].find((model) => model.name === name)!.files()));

describe("PP-OCRv4", () => {
  it("recognition: SVTR's two layers behind a convolutional network", async () => {
    const structure = await structureOf("ch_PP-OCRv4_rec_infer.onnx");
    expect(structure.weighted).toHaveLength(47);
    expect(structure.depthwise).toHaveLength(14);
    expect(structure.attentions.map(({ kind, heads }) => [kind, heads])).toEqual([
      ["product", 8],
      ["product", 8],
    ]);
    expect(structure.bridges.map(({ layers }) => layers)).toEqual([["p2o.Conv.34", "p2o.MatMul.0"]]);
    expect(structure.normalizations.every(({ linears }) => linears.length === 1)).toBe(true);
    expect(structure.residuals).toHaveLength(4);
    expect(structure).toMatchObject({ first: ["p2o.Conv.0"], last: ["p2o.MatMul.24"] });
  });

  it("detection: no attention", async () => {
    expect(await structureOf("ch_PP-OCRv4_det_infer.onnx")).toMatchObject({ attentions: [], bridges: [], normalizations: [], first: ["p2o.Conv.0"] });
  });
});

describe.skipIf(!existsSync(assets))("the models of HALFTONE_ASSETS (needs that folder)", () => {
  it.each(["mobilenet-v1-0.75-224", "mobilenet-v2-1.0-224", "squeezenet1.1"])("%s has neither attention nor bridges", async (name) => {
    expect(await structureOf(name)).toMatchObject({ attentions: [], bridges: [], normalizations: [], activated: [] });
  });

  it("mobilevit-xxs-flowers: three blocks with two, four and three layers", async () => {
    const structure = await structureOf("mobilevit-xxs-flowers");
    expect(structure.attentions.map(({ kind, heads, projections }) => [kind, heads, projections.length])).toEqual(Array(9).fill(["product", 2, 3]));
    expect(structure.bridges.map(({ layers }) => layers.length)).toEqual([4, 4, 4]);
    expect(structure.bridges.map(({ layers }) => layers.at(-1))).toEqual([0, 2, 6].map((layer) => structure.attentions[layer]!.projections[2]));
    expect(structure.normalizations.map(({ kind, linears }) => [kind, linears.length])).toEqual(
      Array(9)
        .fill([
          ["layer", 3],
          ["layer", 1],
        ])
        .flat(),
    );
    expect(new Set(structure.activated.map(({ activation }) => activation))).toEqual(new Set(["silu"]));
    expect(structure.residuals).toHaveLength(21);
  });

  it("mobilevit-imagenette: one block", async () => {
    const structure = await structureOf("mobilevit-imagenette");
    expect(structure.attentions.map(({ heads }) => heads)).toEqual([4, 4]);
    expect(structure.bridges.map(({ layers }) => layers)).toEqual([["/head/b/l/l.1/Conv", "/head/b/t/t.0/qkv/MatMul"]]);
  });

  it("mobilevitv2-imagenette: separable attention, norms of one group in front of 1x1 convolutions", async () => {
    const structure = await structureOf("mobilevitv2-imagenette");
    expect(structure.attentions.map(({ kind, projections }) => [kind, projections.length])).toEqual(Array(5).fill(["separable", 1]));
    expect(structure.bridges.map(({ layers }) => layers)).toEqual([
      ["/head/body/body.1/into/Conv", "/head/body/body.1/tr/tr.0/qkv/Conv"],
      ["/head/body/body.3/into/Conv", "/head/body/body.3/tr/tr.0/qkv/Conv"],
    ]);
    expect(structure.normalizations.every(({ kind, scale, shift, linears }) => kind === "group" && scale && shift && linears.length === 1)).toBe(true);
    expect(structure.normalizations).toHaveLength(12);
  });

  it("vit-tiny-patch16-224: twelve layers, the patch embedding in front", async () => {
    const structure = await structureOf("vit-tiny-patch16-224");
    expect(structure.attentions.map(({ heads, projections }) => [heads, projections.length])).toEqual(Array(12).fill([3, 1]));
    expect(structure.activated.map(({ activation, readers }) => [activation, readers.length])).toEqual(Array(12).fill(["gelu", 1]));
    expect(structure.normalizations.map(({ linears }) => linears.length)).toEqual(Array(25).fill(1));
    expect(structure.bridges.map(({ layers }) => layers)).toEqual([["/patch_embed/proj/Conv", "/blocks/blocks.0/attn/qkv/MatMul"]]);
    expect(structure.residuals).toHaveLength(24);
    expect(structure).toMatchObject({ first: ["/patch_embed/proj/Conv"], last: ["/head/Gemm"] });
  });
});
