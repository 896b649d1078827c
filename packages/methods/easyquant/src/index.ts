/**
 * EasyQuant (Wu et al., arXiv 2006.16669): the scales of a layer's weights and of what it reads are chosen together, so that the layer's output keeps
 * its direction,
 *
 *     max over (S_w, S_a)   mean over samples of cos(O, O_q)      O_q = product of round(A S_a) and round(W S_w), divided by S_a S_w
 *
 * S is the reciprocal of the step. Weights and activation take turns, each over 100 scales from half to twice the one it starts from (largest
 * magnitude), until that changes little. Layers come from the first to the last: O is the float network's output, A is what
 * the layers before it compute once they are quantized. The cosine of a single channel cannot see a wrong gain; so scales per channel
 * are taken only where the cosine of the whole layer, which compares channels, becomes better too.
 */
import { type QuantMethod, startingObservations } from "@halftone/core";
import { type EasyQuantOptions, settingsOf } from "./options.ts";
import { search } from "./search.ts";

export type { EasyQuantOptions } from "./options.ts";

/** Named `easyquant`, or `easyquant:base-ptq`. @throws `invalid-config` naming the option. */
export function easyQuant(options: EasyQuantOptions = {}): QuantMethod {
  const settings = settingsOf(options);
  return {
    name: settings.basePtq ? "easyquant:base-ptq" : "easyquant",
    observe: startingObservations,
    plan: (context) => search(context, settings),
  };
}
