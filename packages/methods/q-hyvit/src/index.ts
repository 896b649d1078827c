/**
 * Q-HyViT (Lee et al., arXiv 2303.12557): post-training quantization of efficient hybrid vision transformers. Of every layer it chooses together the
 * scale, the granularity (one grid for a tensor, or one per channel) and the scheme (asymmetric or symmetric) that least disturb the loss,
 *
 *     min over (scale, granularity, scheme)   E[ dO^T diag((dL/dO_1)^2, ...) dO ]      dO = O_quantized - O
 *
 * L is the divergence from the float network, differentiated with the network on min-max grids (Algorithm 1, second loop). O is the output of
 * the layer; in a bridge block, where convolutions hand over to tokens, it is the output that the block's earlier layers lead to once they are quantized.
 *
 * Grids per channel are absorbed: x_c / s_c is computed by what is in front, W[:, c] s_c by the weights (exact; see core's Rescaling), so that the
 * product stays on integer kernels. A zero point that no code could hold is guarded or rejected, never clamped.
 */
import { levelObservations, type QuantMethod, startingObservations } from "@halftone/core";
import { type QHyVitOptions, settingsOf } from "./options.ts";
import { reconstruct } from "./reconstruct.ts";

export type { QHyVitOptions } from "./options.ts";

/** @throws `invalid-config` naming the option. */
export function qHyVit(options: QHyVitOptions = {}): QuantMethod {
  const settings = settingsOf(options);
  return {
    name: settings.released ? "q-hyvit:released-code" : "q-hyvit",
    observe: (context) => [...startingObservations(context), ...(settings.granularity ? levelObservations(context) : [])],
    plan: (context) => reconstruct(context, settings),
  };
}
