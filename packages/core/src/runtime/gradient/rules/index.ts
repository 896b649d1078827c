import type { GradientRule } from "../rule.ts";
import { activationRules } from "./activation.ts";
import { arithmeticRules } from "./arithmetic.ts";
import { arrangementRules } from "./arrangement.ts";
import { convolutionRules } from "./convolution.ts";
import { normalizationRules } from "./normalization.ts";
import { poolingRules } from "./pooling.ts";
import { productRules } from "./product.ts";
import { reductionRules } from "./reduction.ts";
import { resizeRules } from "./resize.ts";
import { selectionRules } from "./selection.ts";
import { softmaxRules } from "./softmax.ts";
import { straightThroughRules } from "./straight-through.ts";

const families = [
  activationRules,
  arithmeticRules,
  arrangementRules,
  convolutionRules,
  normalizationRules,
  poolingRules,
  productRules,
  reductionRules,
  resizeRules,
  selectionRules,
  softmaxRules,
  straightThroughRules,
];

/** By operator of the standard set. */
export const gradientRules: ReadonlyMap<string, GradientRule> = new Map(families.flatMap((family) => Object.entries(family)));
