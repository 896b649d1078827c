import { type SearchStrategy, seededRandom } from "@halftone/core";
import { keyOf } from "../space/candidate-key.ts";
import { enumerate } from "../space/enumerate.ts";
import { whole } from "./remaining.ts";
import { shuffled } from "./shuffle.ts";

/** One permutation of the space, by seed. */
export function randomSearch(): SearchStrategy {
  return {
    name: "random",
    ask: ({ space, history, pending, count, seed }) => {
      const taken = new Set([...history, ...pending].map(({ candidate }) => keyOf(candidate)));
      const order = shuffled(enumerate(space), seededRandom(seed));
      return order
        .filter((candidate) => !taken.has(keyOf(candidate)))
        .slice(0, count)
        .map(whole);
    },
  };
}
