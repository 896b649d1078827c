import { linearFactors, QuantError } from "@halftone/core";

export interface QHyVitOptions {
  /** What is searched besides the scale: the rows of the paper's ablation (Table IV). Default: both. */
  readonly search?: { readonly granularity?: boolean; readonly scheme?: boolean };
  /** Scales per search, equally spaced between `smallestFactor` and `largestFactor` times that of the extremes. Default 100. */
  readonly candidates?: number;
  /**
   * Default 0.6 for a grid of 8 bits, half of it for every two bits less: a smaller step is worth less there than the values that are clipped for it, and few samples
   * do not show all of them. The paper's form is 0.01 for every width.
   */
  readonly smallestFactor?: number;
  /** Default 1.2. */
  readonly largestFactor?: number;
  /** How often weights and activation take turns, at most: a round that changes nothing is the last. Default 3. */
  readonly rounds?: number;
  /**
   * What happens to a range that lies on one side of zero, whose zero point no code can hold. `include-zero` extends it to zero; `clamp` leaves
   * it as it is, and the search rejects candidates with such a zero point. Default `include-zero`.
   */
  readonly zeroPointGuard?: "include-zero" | "clamp";
  /**
   * What the squared gradients that weigh errors tell apart. `element`, as in the paper, weighs every element of a layer's output. `position` takes their mean over the
   * channels of a position: an estimate from few samples that fewer accidents decide; products of two activations count alike. Default `position`.
   */
  readonly importance?: "position" | "element";
  /**
   * Whether what a Softmax or an activation answers may lie on two grids (PTQ4ViT, arXiv 2111.12293), where its grid is narrower than its container, or a few values
   * lie far from all others. The paper does without. Default true.
   */
  readonly twins?: boolean;
  /**
   * `nearest` as in the paper. `compensated` lets the weights not yet rounded make up for those that are (OBQ, arXiv 2208.11580; GPTQ,
   * arXiv 2210.17323), with the scales that were searched. Default `compensated`.
   */
  readonly weightRounding?: "nearest" | "compensated";
  /**
   * `released-code`: symmetric grids only, channels for grouped convolutions and tensors for all others, weights rounded to nearest: what the
   * authors' repository is read to do.
   */
  readonly compat?: "released-code";
}

export interface Settings {
  readonly granularity: boolean;
  readonly scheme: boolean;
  /** Of a grid of that many bits, from the largest to the smallest. */
  factors(bits: number): readonly number[];
  readonly rounds: number;
  readonly guard: "include-zero" | "clamp";
  readonly per: "element" | "row";
  readonly twins: boolean;
  readonly compensated: boolean;
  readonly released: boolean;
  /** Tells findings of other options apart. */
  readonly identity: string;
}

/** @throws `invalid-config` naming the option. */
export function settingsOf(options: QHyVitOptions): Settings {
  const { candidates = 100, largestFactor = 1.2, rounds = 3, zeroPointGuard = "include-zero", compat, search = {} } = options;
  const { smallestFactor = compat === "released-code" ? 0.01 : undefined } = options;
  const { importance = "position", twins = true, weightRounding = "compensated" } = options;
  check("candidates", Number.isInteger(candidates) && candidates >= 2, `${candidates} is not a whole number from 2`);
  const isBelow = (factor: number): boolean => factor > 0 && factor < largestFactor;
  check("largestFactor", largestFactor > 0, `${largestFactor} is not above 0`);
  check("smallestFactor", smallestFactor === undefined || isBelow(smallestFactor), `${smallestFactor} is not between 0 and largestFactor`);
  check("rounds", Number.isInteger(rounds) && rounds >= 1, `${rounds} is not a whole number from 1`);
  check("zeroPointGuard", ["include-zero", "clamp"].includes(zeroPointGuard), `"${zeroPointGuard}" is not include-zero or clamp`);
  check("importance", ["position", "element"].includes(importance), `"${importance}" is not position or element`);
  check("twins", typeof twins === "boolean", `${JSON.stringify(twins)} is not true or false`);
  check("weightRounding", ["nearest", "compensated"].includes(weightRounding), `"${weightRounding}" is not nearest or compensated`);
  check("compat", compat === undefined || compat === "released-code", `"${compat}" is not released-code`);
  const released = compat === "released-code";
  return {
    granularity: search.granularity ?? true,
    scheme: search.scheme ?? true,
    factors: (bits) => linearFactors(largestFactor, smallestFactor ?? Math.min(smallestFactorOf(bits), largestFactor / 2), candidates),
    rounds,
    guard: zeroPointGuard,
    per: importance === "element" || released ? "element" : "row",
    twins: twins && !released,
    compensated: weightRounding === "compensated" && !released,
    released,
    identity: JSON.stringify(options),
  };
}

function smallestFactorOf(bits: number): number {
  return 0.6 * 2 ** ((Math.min(bits, 8) - 8) / 2);
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw new QuantError("invalid-config", `Option "${field}" of q-hyvit is not valid: ${problem}.`, { details: { field } });
}
