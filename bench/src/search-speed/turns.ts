import { linearFactors } from "@halftone/core";

/** Runs of one contestant at a turn. The first is not counted: it finds its threads asleep, and puts on its grid what the others do not change. */
const runsPerTurn = 5;

/**
 * Seconds of each contestant's fastest run: what else the machine does only ever adds to it. They take turns of several runs, so that the threads of
 * one do not spin into the runs of another. No two runs of a contestant get the same factor (0.5 to 1.2): nothing is remembered.
 */
export async function leastSecondsInTurns<Name extends string>(
  contestants: Readonly<Record<Name, (factor: number) => Promise<unknown>>>,
  rounds: number,
): Promise<Readonly<Record<Name, number>>> {
  const factors = linearFactors(0.5, 1.2, rounds * runsPerTurn);
  const entries = Object.entries<(factor: number) => Promise<unknown>>(contestants).map(([name, run]) => ({ name, run, times: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { run, times } of entries) {
      for (let turn = 0; turn < runsPerTurn; turn++) {
        const start = performance.now();
        await run(factors[round * runsPerTurn + turn]!);
        if (turn > 0) times.push((performance.now() - start) / 1000);
      }
    }
  }
  return Object.fromEntries(entries.map(({ name, times }) => [name, Math.min(...times)])) as Record<Name, number>;
}
