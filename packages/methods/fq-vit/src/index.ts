/**
 * FQ-ViT: everything in a vision transformer on a grid, the inputs of LayerNorm and the attention maps included (Lin et al., arXiv
 * 2111.13824). Weights: symmetric, extremes per output channel. Activations: asymmetric, one range per tensor by an observer.
 * Two tensors cannot live on such a grid: channels in front of a LayerNorm differ by orders of magnitude and get a power-of-two factor each;
 * attention maps are read on powers of two.
 */
import {
  type AffineEncoding,
  affineEncoding,
  answerSites,
  encodeRange,
  encodeWeight,
  type MethodContext,
  type OperandPlan,
  type QuantMethod,
  type Range,
  unionOf,
} from "@halftone/core";
import { factoredSites } from "./factored-sites.ts";
import { logOperands } from "./log-int-softmax.ts";
import { notesOf } from "./notes.ts";
import { type FqVitOptions, settingsOf } from "./options.ts";
import { encodeFactored, factorObservations } from "./power-of-two-factor.ts";
import { rangeObserver } from "./range-observer.ts";

export type { FqVitOptions, Observer } from "./options.ts";

/** @throws `invalid-config` naming the option. */
export function fqVit(options: FqVitOptions = {}): QuantMethod {
  const settings = settingsOf(options);
  const { zeroPointGuard: guard, largestExponent, softmax, softmaxBits } = settings;
  const observer = rangeObserver(settings);
  const factorsIn = (context: MethodContext) => (largestExponent > 0 ? factoredSites(context) : { factored: [], plain: [] });

  return {
    name: nameOf(options),

    observe: (context) => [
      ...context.placement.activations.flatMap(({ observed }) => observed.map(observer.observation)),
      ...factorsIn(context).factored.flatMap(factorObservations),
    ],

    plan: async (context) => {
      const { graph, placement, statistics } = context;
      const base = answerSites(placement, {
        activation: (site) => {
          const range = unionOf(site.observed.map((tensor) => observer.range(tensor, site, statistics)));
          return refusal(range) ?? affineEncoding(site.config, [encodeRange(range, site.config, { zeroPointGuard: guard })]);
        },
        weight: (site) => encodeWeight(graph.value(site.tensor)!.constant!, site),
      });
      const { factored, plain } = factorsIn(context);
      const encodings: Record<string, AffineEncoding> = {};
      const operands: Record<string, OperandPlan> = {};
      for (const each of factored) {
        const { tensors } = each.site;
        if (base.skipped[tensors[0]!]) continue;
        const encoding = encodeFactored(each, statistics, settings);
        for (const tensor of tensors) encodings[tensor] = encoding;
        // A product cannot sum over channels of different scales: it reads the grid that has one.
        for (const { tensor, sharesGrid } of placement.operands) {
          if (sharesGrid && tensors.includes(tensor)) operands[tensor] = { encoding: base.encodings[tensor]! };
        }
      }
      const logarithmic = softmax === "log-int" ? logOperands(context, softmaxBits) : {};
      const notes = notesOf({ factored, plain, logarithmic: Object.keys(logarithmic), bits: softmaxBits });
      return {
        encodings: { ...base.encodings, ...encodings },
        operands: { ...base.operands, ...operands, ...logarithmic },
        skipped: base.skipped,
        ...(notes.length > 0 && { notes }),
      };
    },
  };
}

/** As a plan tells it: `fq-vit`, `fq-vit:omse`, `fq-vit:percentile-99.9`. */
function nameOf({ observer = "min-max", percentile }: FqVitOptions): string {
  if (observer === "min-max") return "fq-vit";
  return observer === "percentile" && percentile !== undefined ? `fq-vit:percentile-${percentile}` : `fq-vit:${observer}`;
}

function refusal({ min, max }: Range): string | undefined {
  if (min > max) return "no value was seen on the calibration data";
  return Number.isFinite(min) && Number.isFinite(max) ? undefined : "its values reach infinity on the calibration data";
}
