/**
 * Logarithmic codes: with the ratio v = scale / x, a division in float32,
 *
 *     nearest       code = round(steps log2(v)), ties to even; steps = 1 for base 2, 2 for base sqrt2
 *     leading-bit   code = floor(log2(v)), plus one where v >= 1.5 * 2^floor(log2(v))
 *     real          scale * 2^(-code / steps), and 0 for codes the grid does not have
 *
 * (FQ-ViT, arXiv 2111.13824, Log-Int-Softmax; RepQ-ViT, arXiv 2212.08254, log sqrt2.) FQ-ViT's code rounds v to a whole number before it
 * looks for the leading one; here v keeps its fraction, as a fixed-point number does. What exceeds the scale has code 0, what is not
 * positive is 0.
 */
import type { LogEncoding } from "../spec/index.ts";
import { roundHalfEven } from "./rounding.ts";

/** Powers of two that are told apart below the scale: float32 ends soon after. */
const deepestPower = 100;

/** Codes the grid has: 2^bits, or as many as float32 can count on. */
export function logLevels({ base, bits }: Pick<LogEncoding, "base" | "bits">): number {
  return Math.min(2 ** bits, deepestPower * stepsPerPower(base));
}

export function stepsPerPower(base: LogEncoding["base"]): number {
  return base === "2" ? 1 : 2;
}

/** The code of a value; at least `logLevels` for what becomes 0. */
export function logCode(value: number, { base, scale, rounding }: LogEncoding): number {
  if (!(value > 0)) return Number.POSITIVE_INFINITY;
  const ratio = Math.fround(Math.fround(scale) / value);
  if (ratio <= 1) return 0;
  return rounding === "leading-bit" ? leadingBit(ratio) : roundHalfEven(stepsPerPower(base) * Math.log2(ratio));
}

/** What each code stands for, float32; the last entry, for everything below, is 0. */
export function logTable(encoding: LogEncoding): Float32Array<ArrayBuffer> {
  const levels = logLevels(encoding);
  const table = new Float32Array(levels + 1);
  for (let code = 0; code < levels; code++) table[code] = Math.fround(encoding.scale) * 2 ** (-code / stepsPerPower(encoding.base));
  return table;
}

/** FQ-ViT's `log_round` of a positive number: the position of the leading one, plus one where the rest is at least half of it. */
export function leadingBit(value: number): number {
  const position = Math.floor(Math.log2(value));
  // Math.log2 may miss a power of two by one rounding; the rule gives both positions the same code there.
  return value >= 1.5 * 2 ** position ? position + 1 : position;
}
