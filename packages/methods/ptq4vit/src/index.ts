/**
 * PTQ4ViT: twin uniform quantization with a Hessian-guided metric (Yuan et al., arXiv 2111.12293).
 *
 * Every product is searched by itself, on what the float network feeds it. The steps of its two sides take turns; each gets the candidate of least
 *
 *     sum over outputs j of (dL/dO_j)^2 (O'_j - O_j)^2
 *
 * where O is the float product, O' the quantized one, L the divergence of the network's answer from the float network's, and the squared
 * gradient stands for the diagonal of the Hessian (3.3). Scores behind a Softmax, and what GELU and its like answer, have two
 * grids each (3.2; see grids.ts).
 *
 * Two traps of the released code are avoided. There L is differentiated while every layer is still float: both answers are equal and the
 * gradient is zero, but for the noise between two batch sizes. Where there is no noise all candidates tie, and the first one, a
 * hundredth of the range, is taken everywhere. Here the gradient is that of the network on the grids that the search starts from. And there
 * scores are read as the sum of both grids, Q(clip(x, t, 1)) + Q(clip(x, 0, t)), which is t too much for every score, zero included, so
 * that the search drifts to the smallest t. Here a score is read from one grid, as in the paper.
 */
import { type QuantMethod, startingObservations } from "@halftone/core";
import { type Ptq4VitOptions, settingsOf } from "./options.ts";
import { search } from "./search.ts";

export type { Ptq4VitOptions } from "./options.ts";

/** @throws `invalid-config` naming the option. */
export function ptq4vit(options: Ptq4VitOptions = {}): QuantMethod {
  const settings = settingsOf(options);
  return {
    name: "ptq4vit",
    observe: startingObservations,
    plan: (context) => search(context, settings),
  };
}
