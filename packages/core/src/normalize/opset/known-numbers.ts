import type { Value } from "../../ir/index.ts";
import { numbersOf } from "../constant-numbers.ts";
import { constantContent } from "../constants-to-initializers.ts";

/** The numbers of an initializer or a Constant node; undefined when they are only known at run time. */
export function knownNumbers(value: Value | undefined): readonly number[] | undefined {
  const numbers = numbersOf(value?.constant ?? (value?.producer && constantContent(value.producer)?.tensor()));
  return numbers && Array.from(numbers);
}
