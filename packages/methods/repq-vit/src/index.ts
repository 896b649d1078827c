/**
 * RepQ-ViT (Li et al., arXiv 2212.08254): calibrate with quantizers that fit the data, deploy with quantizers that fit the hardware. What linear
 * layers read behind a normalization is calibrated per channel and reparameterized into one grid per layer; attention weights lie on a log sqrt2
 * grid. All other ranges are percentiles.
 */
import { type QuantMethod, startingObservations } from "@halftone/core";
import { calibrate } from "./calibrate.ts";
import { type RepqVitOptions, settingsOf } from "./options.ts";

export type { RepqVitOptions } from "./options.ts";

/** @throws `invalid-config` naming the option. */
export function repqVit(options: RepqVitOptions = {}): QuantMethod {
  const settings = settingsOf(options);
  return {
    name: "repq-vit",
    observe: startingObservations,
    plan: (context) => calibrate(context, settings),
  };
}
