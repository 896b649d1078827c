import type { OperandPlan } from "@halftone/core";
import type { Choice } from "./choices.ts";

export interface FoundOperand {
  readonly choice: Choice;
  /** Of the factor, in the settings' list. */
  readonly index: number;
  readonly plan: OperandPlan;
  readonly error: number;
}

/** Choices are told apart by every eighth scale; around the best of each granularity every scale is tried. */
const stride = 8;

/** A choice whose error has grown to this multiple of its least clips too much for smaller scales to make up for it. */
const hopeless = 4;

/** Candidates that differ by less are equal, and the first of them is taken: grids that come to the same are told apart by the order in which a runtime adds. */
const clearly = 1 - 1e-4;

/** The granularity, scheme and scale of least error; one grid, unless several are worth it. `errorOf` sums the error of all layers that read the operand. */
export async function searchOperand(
  choices: readonly Choice[],
  errorOf: (plan: OperandPlan) => Promise<number>,
  factors: readonly number[],
): Promise<FoundOperand | undefined> {
  const coarse = factors.flatMap((_, index) => (index % stride === 0 ? [index] : []));
  let best: FoundOperand | undefined;
  for (const granularity of ["tensor", "channel", "range"] as const) {
    const found = await finest(choices.filter((choice) => choice.granularity === granularity));
    if (found && (!best || costOf(found) < clearly * costOf(best))) best = found;
  }
  return best;

  async function finest(alternatives: readonly Choice[]): Promise<FoundOperand | undefined> {
    let best: FoundOperand | undefined;
    for (const choice of alternatives) best = better(best, await scan(choice, coarse));
    if (!best) return undefined;
    const around = Array.from({ length: 2 * stride - 1 }, (_, offset) => best!.index + offset + 1 - stride);
    return better(
      best,
      await scan(
        best.choice,
        around.filter((index) => index >= 0 && index < factors.length && index !== best!.index),
      ),
    );
  }

  async function scan(choice: Choice, indices: readonly number[]): Promise<FoundOperand | undefined> {
    let best: FoundOperand | undefined;
    for (const index of indices) {
      const plan = choice.at(factors[index]!);
      if (!plan) continue;
      const error = await errorOf(plan);
      if (!best || error < clearly * best.error) best = { choice, index, plan, error };
      else if (error > hopeless * best.error) break;
    }
    return best;
  }
}

function costOf({ error, choice }: FoundOperand): number {
  return error / choice.worthwhile;
}

function better(left: FoundOperand | undefined, right: FoundOperand | undefined): FoundOperand | undefined {
  return left && (!right || clearly * left.error <= right.error) ? left : right;
}
