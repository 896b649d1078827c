import {
  activationTwin,
  codeRange,
  containerBits,
  farTwin,
  type OperandPlan,
  type Range,
  shareTwin,
  type TensorConfig,
  type TwinSubject,
} from "@halftone/core";
import type { Choice } from "./choices.ts";

/**
 * What two grids cost: the product is computed once for each. Their error has to stay below this share of that of one grid, which is small already where it has
 * the whole container.
 */
const worthwhile = { narrow: 0.4, whole: 0.1 };

/** Where what is not far ends. */
const farSplits = [1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64];

/** Where small shares end: 2^-1 to 2^-10. */
const splits = Array.from({ length: 10 }, (_, power) => 2 ** -(power + 1));

/**
 * Two grids for what crowds on one side of a value and reaches far on the other (PTQ4ViT, arXiv 2111.12293, 3.2), which the paper of this method does
 * without. Where a grid has all the codes of its container one is good enough, unless few values lie far from all others.
 */
export function twinChoices(subject: TwinSubject | undefined, { max }: Range, config: TensorConfig): readonly Choice[] {
  if (!subject || max <= 0) return [];
  const isWhole = config.bits === containerBits[config.dtype];
  const choice = (at: (largest: number) => OperandPlan | undefined): Choice => ({
    granularity: "range",
    scheme: config.scheme,
    worthwhile: isWhole ? worthwhile.whole : worthwhile.narrow,
    at: (factor) => at(max * factor),
  });
  const far = (minimum: number): readonly Choice[] =>
    farSplits.map((split) => choice((largest) => ({ encoding: farTwin({ minimum }, split * largest, config, largest) })));
  if (isWhole) return subject.kind === "activation" ? far(subject.minimum) : [];
  switch (subject.kind) {
    case "shares":
      return splits.map((split) => choice((largest) => (largest > split ? { encoding: shareTwin(split, config, largest) } : undefined)));
    case "activation":
      return [choice((largest) => ({ encoding: activationTwin(subject, largest / stepsFromZero(config), config) })), ...far(subject.minimum)];
    default:
      return subject satisfies never;
  }
}

function stepsFromZero({ dtype, bits }: TensorConfig): number {
  const { min, max } = codeRange({ dtype, bits: bits - 1 });
  return max - min;
}
