import type { Session, Tensors } from "@halftone/core";

/**
 * Milliseconds of each session in each round, on the same inputs in turns, so that a busy machine slows all alike. Who
 * begins changes with the round: whoever runs later finds warmer caches. Each input warms all sessions once.
 */
export async function interleavedTimes(sessions: readonly Session[], samples: readonly Tensors[], rounds: number): Promise<readonly (readonly number[])[]> {
  const times = sessions.map(() => [] as number[]);
  for (let round = -samples.length; round < rounds; round++) {
    const feeds = samples[(round + samples.length) % samples.length]!;
    for (let turn = 0; turn < sessions.length; turn++) {
      const which = (turn + round + samples.length) % sessions.length;
      const start = performance.now();
      await sessions[which]!.run(feeds);
      if (round >= 0) times[which]!.push(performance.now() - start);
    }
  }
  return times;
}
