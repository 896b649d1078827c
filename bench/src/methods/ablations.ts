import { type Ptq4VitOptions, ptq4vit } from "@halftone/ptq4vit";
import { type QHyVitOptions, qHyVit } from "@halftone/q-hyvit";
import { asInThePaper, type Contender } from "./contenders.ts";

/** Q-HyViT with less of its search (its paper's Table IV); the whole search is `q-hyvit:paper`. Then with more, up to `q-hyvit`. */
export const qHyVitSteps: Readonly<Record<string, Contender>> = {
  "q-hyvit:scale": qHyVitWith({ search: { granularity: false, scheme: false } }),
  "q-hyvit:scale+granularity": qHyVitWith({ search: { scheme: false } }),
};
export const qHyVitExtras: Readonly<Record<string, Contender>> = {
  "q-hyvit:paper+positions": qHyVitWith({ importance: "position" }),
  "q-hyvit:paper+positions+twins": qHyVitWith({ importance: "position", twins: true }),
};

/** PTQ4ViT with cosine instead of its metric, and without twin grids (its authors' table). All of it is `ptq4vit`. */
export const ptq4vitSteps: Readonly<Record<string, Contender>> = {
  "ptq4vit:cosine+no-twins": ptq4vitWith({ metric: "cosine", twin: { softmax: false, activation: false } }),
  "ptq4vit:no-twins": ptq4vitWith({ twin: { softmax: false, activation: false } }),
  "ptq4vit:twin-softmax": ptq4vitWith({ twin: { activation: false } }),
  "ptq4vit:twin-activation": ptq4vitWith({ twin: { softmax: false } }),
  "ptq4vit:cosine": ptq4vitWith({ metric: "cosine" }),
};

function qHyVitWith(options: QHyVitOptions): Contender {
  return { scope: "partial", create: () => qHyVit({ ...asInThePaper, ...options }) };
}

function ptq4vitWith(options: Ptq4VitOptions): Contender {
  return { scope: "partial", create: () => ptq4vit(options) };
}
