import type { Node } from "../../ir/index.ts";
import { activationAt } from "./activation.ts";
import { groupNormAt } from "./group-norm.ts";
import { normalizationAt } from "./normalization.ts";
import { softmaxAt } from "./softmax.ts";
import type { FoundUnit, Recognizer } from "./unit.ts";

const recognizers: readonly Recognizer[] = [activationAt, normalizationAt, groupNormAt, softmaxAt];

/** The unit that `node` is the characteristic node of. */
export function unitAt(node: Node): FoundUnit | undefined {
  for (const recognize of recognizers) {
    const unit = recognize(node);
    if (unit) return unit;
  }
  return undefined;
}
