import type { QuantConfigInput, QuantMethod, Target } from "@halftone/core";
import { easyQuant } from "@halftone/easyquant";
import { fqVit } from "@halftone/fq-vit";
import { minMax, staticMethods } from "@halftone/min-max";
import { ptq4vit } from "@halftone/ptq4vit";
import { qHyVit } from "@halftone/q-hyvit";
import { repqVit } from "@halftone/repq-vit";
import { webWasm, webWasmInteger, webWebGpu } from "@halftone/web";

export interface Settings {
  readonly method: keyof typeof methods;
  readonly target: keyof typeof targets;
  readonly weightBits: Bits;
  readonly activationBits: Bits;
  /** Pictures to calibrate with, at most. */
  readonly pictures: number;
}

type Bits = (typeof widths)[number];

export const widths = ["8", "7", "6", "5", "4"] as const;

export const methods = {
  "min-max": { label: "Min-max", hint: "Ranges of what was seen: one pass, seconds.", make: () => minMax() },
  static: {
    label: "Best of six clippings",
    hint: "Extremes, squared error, entropy and percentiles in one pass; the plan that stays closest wins.",
    make: staticMethods,
  },
  easyquant: { label: "EasyQuant", hint: "Searches the scales of every layer for the direction of its output: minutes.", make: () => easyQuant() },
  "fq-vit": { label: "FQ-ViT", hint: "Vision transformers: power-of-two factors before LayerNorm, logarithmic attention.", make: () => fqVit() },
  ptq4vit: { label: "PTQ4ViT", hint: "Vision transformers: twin grids for Softmax and GELU, errors weighed by gradients: minutes.", make: () => ptq4vit() },
  "repq-vit": { label: "RepQ-ViT", hint: "Vision transformers: channels of LayerNorm made alike, logarithmic attention.", make: () => repqVit() },
  "q-hyvit": {
    label: "Q-HyViT",
    hint: "Hybrids of convolutions and attention: granularity and scheme searched per layer: many minutes.",
    make: () => qHyVit(),
  },
} as const satisfies Readonly<Record<string, { label: string; hint: string; make: () => QuantMethod | readonly QuantMethod[] }>>;

export const targets = {
  "web-wasm": {
    label: "Products on integers",
    hint: "What WebAssembly is fastest with: linear layers and attention on integers, convolutions with integer weights computed in float.",
    make: webWasm,
  },
  "web-wasm-integer": { label: "All on integers", hint: "ONNX Runtime on processors with VNNI, too: whatever has an integer kernel.", make: webWasmInteger },
  "web-webgpu": { label: "Weights only", hint: "As WebGPU reads them, and any other runtime: a smaller download, computed in float.", make: webWebGpu },
} as const satisfies Readonly<Record<string, { label: string; hint: string; make: () => Target }>>;

export const defaultSettings: Settings = { method: "min-max", target: "web-wasm-integer", weightBits: "8", activationBits: "8", pictures: 16 };

/** Four bits are stored in four where the target reads such weights; any other narrow grid lives in a container of eight. */
export function configOf({ weightBits, activationBits }: Settings, target: Target): QuantConfigInput {
  const packs = Object.values(target.operators).some(({ role, weights }) => role === "weighted" && weights.includes("int4"));
  return {
    weights: weightBits === "4" && packs ? { dtype: "int4", bits: 4 } : { bits: Number(weightBits) },
    activations: { bits: Number(activationBits) },
  };
}
