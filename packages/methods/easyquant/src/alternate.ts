import type { Settings } from "./options.ts";

/** Searches one side while the others stay. Answers the error behind it: below `error` where it changed anything. */
export type Turn = (error: number) => Promise<number>;

/**
 * Sides take turns until a round improves too little, or another turn would find what it found before: each side has had one, and
 * none has changed since but its own.
 */
export async function alternate(error: number, turns: readonly Turn[], { rounds, tolerance }: Pick<Settings, "rounds" | "tolerance">): Promise<void> {
  let current = error;
  let unchanged = 0;
  for (let round = 0; round < rounds; round++) {
    const before = current;
    for (const [index, turn] of turns.entries()) {
      const next = await turn(current);
      unchanged = next < current ? 0 : unchanged + 1;
      current = next;
      const hadTurns = round > 0 || index === turns.length - 1;
      if (hadTurns && unchanged >= turns.length - 1) return;
    }
    if (!(before - current > tolerance * before)) return;
  }
}
