import { QuantError } from "@halftone/core";

export interface EasyQuantOptions {
  /** Scales tried per search, equally spaced from `smallestFactor` to `largestFactor` times the one it starts from. Default 100. */
  readonly candidates?: number;
  /** Of the reciprocal of the step, as the paper counts scales: 0.5 doubles the step. Default 0.5. With `base-ptq` of the step itself. */
  readonly smallestFactor?: number;
  /** Default 2: half the step, which clips at half the range. With `base-ptq` 1.2. */
  readonly largestFactor?: number;
  /** How often weights and activation take turns, at most. Default 3. With `base-ptq` 1. */
  readonly rounds?: number;
  /** A round that lowers 1 - cosine by less than this share of it is the last. Default 0.01. */
  readonly tolerance?: number;
  /**
   * `sequential`: a layer sees what the layers before it compute once they are quantized, as in the paper. `parallel`: every layer sees the float network.
   * Default `sequential`. With `base-ptq` `parallel`.
   */
  readonly calibration?: "sequential" | "parallel";
  /**
   * With `sequential`: how many consecutive groups of layers are seen in one pass over the data. Layers of a group read one tensor. Within a
   * pass they see each other in float. 1 is the paper's form and runs the network for every group; time falls in proportion. Default 2.
   */
  readonly groupsPerPass?: number;
  /**
   * Rows of each layer that are looked at, spread over all samples: pixels of a convolution, tokens of a linear layer. Rare large values that are
   * on none of them are clipped as if they did not matter. Default 2048.
   */
  readonly positions?: number;
  /**
   * `base-ptq`: the variant that papers on vision transformers compare with (BasePTQ of PTQ4ViT, arXiv 2111.12293): symmetric grids that start from a
   * step of max / (2^(k-1) - 0.5), factors 0.5 to 1.2 of the step, one round, and layers that see the float network.
   */
  readonly compat?: "base-ptq";
}

/** The options, complete. JSON: what a finished search step depends on. */
export interface Settings {
  readonly candidates: number;
  readonly smallestFactor: number;
  readonly largestFactor: number;
  readonly rounds: number;
  readonly tolerance: number;
  readonly sequential: boolean;
  readonly groupsPerPass: number;
  readonly positions: number;
  readonly basePtq: boolean;
}

/** @throws `invalid-config` naming the option. */
export function settingsOf(options: EasyQuantOptions): Settings {
  const { compat } = options;
  check("compat", compat === undefined || compat === "base-ptq", `"${compat}" is not base-ptq`);
  const basePtq = compat === "base-ptq";
  const { candidates = 100, smallestFactor = 0.5, largestFactor = basePtq ? 1.2 : 2, rounds = basePtq ? 1 : 3, tolerance = 0.01, groupsPerPass = 2 } = options;
  const { calibration = basePtq ? "parallel" : "sequential", positions = 2048 } = options;
  checkCount("candidates", candidates, 2);
  check("smallestFactor", smallestFactor > 0 && Number.isFinite(smallestFactor), `${smallestFactor} is not above 0`);
  check("largestFactor", largestFactor > smallestFactor && Number.isFinite(largestFactor), `${largestFactor} is not above smallestFactor, ${smallestFactor}`);
  checkCount("rounds", rounds, 1);
  check("tolerance", tolerance >= 0 && tolerance < 1, `${tolerance} is not in [0, 1)`);
  check("calibration", calibration === "sequential" || calibration === "parallel", `"${calibration}" is not sequential or parallel`);
  checkCount("groupsPerPass", groupsPerPass, 1);
  checkCount("positions", positions, 1);
  return { candidates, smallestFactor, largestFactor, rounds, tolerance, sequential: calibration === "sequential", groupsPerPass, positions, basePtq };
}

function checkCount(field: string, value: number, least: number): void {
  check(field, Number.isInteger(value) && value >= least, `${value} is not a whole number from ${least}`);
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw new QuantError("invalid-config", `Option "${field}" of easyquant is not valid: ${problem}.`, { details: { field } });
}
