import type { FactoredSite, PlainSite } from "./factored-sites.ts";

export interface Facts {
  readonly factored: readonly FactoredSite[];
  readonly plain: readonly PlainSite[];
  /** Tensors read on a logarithmic grid, and its bits. */
  readonly logarithmic: readonly string[];
  readonly bits: number;
}

/** What a reader of the plan should know: what is emulated, and where a grid is not the paper's. */
export function notesOf({ factored, plain, logarithmic, bits }: Facts): readonly string[] {
  const notes: string[] = [];
  if (logarithmic.length > 0) {
    notes.push(
      `Log-int-softmax: products read ${logarithmic.length} attention maps on powers of two (at most ${bits} bits) and compute in float. Softmax is in float as well: an integer exponential needs a custom operator.`,
    );
  }
  if (factored.length > 0) {
    notes.push(
      `Power-of-two factors: ${factored.length} inputs of normalizations have one scale per channel. What writes and reads them computes in float between grids: an integer LayerNorm needs a custom operator.`,
    );
  }
  for (const { tensor, reason } of plain) notes.push(`${tensor} is the input of a normalization and has one scale: ${reason}.`);
  return notes;
}
