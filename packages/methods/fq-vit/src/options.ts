import { QuantError } from "@halftone/core";

/**
 * How the range of an activation is found.
 *
 * - `min-max`: all that was seen.
 * - `ema`: an exponential moving average of each sample's extremes.
 * - `percentile`: all but the outermost values at each end.
 * - `omse`: the extremes, both shrunk by one factor, where the squared error is least.
 */
export type Observer = "min-max" | "ema" | "percentile" | "omse";

export interface FqVitOptions {
  /** Default `min-max`. Inputs of normalizations that have power-of-two factors always use their extremes, as in the paper. */
  readonly observer?: Observer;
  /** With `ema`: what is kept of the average at each sample, in [0, 1). Default 0.99, a sigma of 0.01. */
  readonly momentum?: number;
  /** With `percentile`: the rank of the upper end, in percent; the lower end leaves out as much. Default 99.999. */
  readonly percentile?: number;
  /**
   * What happens to a range that lies on one side of zero, whose zero point no code can hold. `include-zero` extends it to zero; `clamp` leaves it as
   * it is and takes the nearest legal zero point, so that values saturate: what the published code does. Default `include-zero`.
   */
  readonly zeroPointGuard?: "include-zero" | "clamp";
  /** Power-of-two factors go from 2^0 to 2^largestExponent, a whole number in [0, 7]; 0 switches them off. Default 3. */
  readonly largestExponent?: number;
  /** `log-int`: what products read of attention maps lies on powers of two. `uniform`: on equal steps. Default `log-int`. */
  readonly softmax?: "log-int" | "uniform";
  /** With `log-int`: bits of an exponent. Never more than the configuration asks of activations. Default 4. */
  readonly softmaxBits?: 4 | 8;
}

export type Settings = Required<FqVitOptions>;

/** @throws `invalid-config` naming the option. */
export function settingsOf(options: FqVitOptions): Settings {
  const { observer = "min-max", momentum = 0.99, percentile = 99.999, zeroPointGuard = "include-zero" } = options;
  const { largestExponent = 3, softmax = "log-int", softmaxBits = 4 } = options;
  check("observer", ["min-max", "ema", "percentile", "omse"].includes(observer), `"${observer}" is not one of min-max, ema, percentile, omse`);
  check("momentum", momentum >= 0 && momentum < 1, `${momentum} is not in [0, 1)`);
  check("percentile", percentile > 50 && percentile <= 100, `${percentile} is not above 50 and at most 100`);
  check("zeroPointGuard", ["include-zero", "clamp"].includes(zeroPointGuard), `"${zeroPointGuard}" is not include-zero or clamp`);
  check(
    "largestExponent",
    Number.isInteger(largestExponent) && largestExponent >= 0 && largestExponent <= 7,
    `${largestExponent} is not a whole number from 0 to 7`,
  );
  check("softmax", ["log-int", "uniform"].includes(softmax), `"${softmax}" is not log-int or uniform`);
  check("softmaxBits", softmaxBits === 4 || softmaxBits === 8, `${softmaxBits} is not 4 or 8`);
  return { observer, momentum, percentile, zeroPointGuard, largestExponent, softmax, softmaxBits };
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw new QuantError("invalid-config", `Option "${field}" of fq-vit is not valid: ${problem}.`, { details: { field } });
}
