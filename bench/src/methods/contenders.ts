import type { QuantMethod, Scope } from "@halftone/core";
import { easyQuant } from "@halftone/easyquant";
import { fqVit } from "@halftone/fq-vit";
import { minMax } from "@halftone/min-max";
import { ptq4vit } from "@halftone/ptq4vit";
import { type QHyVitOptions, qHyVit } from "@halftone/q-hyvit";
import { repqVit } from "@halftone/repq-vit";

/** A method with its options, and how much of the network it is asked to quantize. */
export interface Contender {
  readonly scope: Scope;
  create(): QuantMethod;
}

/** Without what goes beyond it. */
export const asInThePaper: QHyVitOptions = { importance: "element", twins: false, weightRounding: "nearest", smallestFactor: 0.01 };

/** The rows of the table. */
export const contenders: Readonly<Record<string, Contender>> = {
  "min-max": { scope: "partial", create: () => minMax() },
  "min-max:full": { scope: "full", create: () => minMax() },
  easyquant: { scope: "partial", create: () => easyQuant() },
  "easyquant:base-ptq": { scope: "partial", create: () => easyQuant({ compat: "base-ptq" }) },
  "fq-vit": { scope: "partial", create: () => fqVit() },
  "fq-vit:full": { scope: "full", create: () => fqVit() },
  ptq4vit: { scope: "partial", create: () => ptq4vit() },
  // As in the paper; no runtime has a kernel for the grid of its attention weights, so that products which read them are emulated.
  "repq-vit": { scope: "partial", create: () => repqVit() },
  "repq-vit:uniform": { scope: "partial", create: () => repqVit({ softmax: "uniform" }) },
  "q-hyvit": { scope: "partial", create: () => qHyVit() },
  "q-hyvit:paper": { scope: "partial", create: () => qHyVit(asInThePaper) },
};
