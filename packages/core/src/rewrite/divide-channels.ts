import type { Value } from "../ir/index.ts";
import { floatValues } from "../numerics/index.ts";

/** The constant's values, each slice along `axis` divided by its divisor. */
export function divideChannels(constant: Value, axis: number, divisors: readonly number[]): Float32Array {
  const tensor = constant.content!.tensor();
  const inner = tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return floatValues(tensor).map((each, index) => each / divisors[Math.floor(index / inner) % divisors.length]!);
}
