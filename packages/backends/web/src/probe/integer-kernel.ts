import type { ExecutedKernel } from "./profile.ts";

/** What is known of a probe's model: each input is quantized once, each output dequantized once. */
export interface Borders {
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * The operators between the borders, or undefined when one of them is in float: its inputs are then dequantized and its
 * result quantized once more, so that there are more Q and DQ than borders.
 */
export function integerKernel(executed: readonly ExecutedKernel[], { inputs, outputs }: Borders): string | undefined {
  const count = (op: string) => executed.filter((kernel) => kernel.op === op).length;
  if (count("QuantizeLinear") !== inputs || count("DequantizeLinear") !== outputs) return undefined;
  return executed
    .map(({ op }) => op)
    .filter((op) => op !== "QuantizeLinear" && op !== "DequantizeLinear")
    .join(" ");
}
