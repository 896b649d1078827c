import type { ActivationSite, AffineEncoding, MethodPlan, OperandPlan, Placement, WeightSite } from "../spec/index.ts";

export interface SiteAnswers {
  /**
   * The encoding of an activation, or why there is none. Asked once for the grid a site is stored on, and once for every operand that has a
   * configuration of its own: then `site` is the same with the operand's `config`.
   */
  activation(site: ActivationSite): AffineEncoding | string;
  weight(site: WeightSite): AffineEncoding | string;
}

/** A method's plan from its answers for single sites: all a method has to say that finds a range for each. */
export function answerSites({ activations, operands, weights }: Placement, answers: SiteAnswers): MethodPlan {
  const encodings = new Map<string, AffineEncoding>();
  const read = new Map<string, OperandPlan>();
  const skipped = new Map<string, string>();
  const note = (tensor: string, answer: AffineEncoding | string, keep: (encoding: AffineEncoding) => void): void => {
    if (typeof answer === "string") skipped.set(tensor, answer);
    else keep(answer);
  };
  for (const site of activations) {
    const answer = answers.activation(site);
    for (const tensor of site.tensors) note(tensor, answer, (encoding) => encodings.set(tensor, encoding));
  }
  for (const { tensor, config, sharesGrid } of operands) {
    const site = activations.find(({ tensors }) => tensors.includes(tensor));
    if (site && !sharesGrid) note(tensor, answers.activation({ ...site, config }), (encoding) => read.set(tensor, { encoding }));
  }
  for (const site of weights) note(site.tensor, answers.weight(site), (encoding) => encodings.set(site.tensor, encoding));
  return {
    encodings: Object.fromEntries(encodings),
    ...(read.size > 0 && { operands: Object.fromEntries(read) }),
    skipped: Object.fromEntries(skipped),
  };
}
