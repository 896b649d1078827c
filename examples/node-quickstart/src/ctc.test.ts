import type { Tensor } from "@halftone/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeGreedy } from "./ctc.ts";

const alphabet = ["", "a", "b", "c"];

/** Scores whose likeliest classes are the path. */
function scoresOf(path: readonly number[]): Tensor {
  const data = Float32Array.from(path.flatMap((best) => alphabet.map((_, index) => (index === best ? 0.7 : 0.1))));
  return { dtype: "float32", shape: [1, path.length, alphabet.length], data };
}

test.each([
  { path: [], text: "" },
  { path: [0, 0], text: "" },
  { path: [1, 1, 1], text: "a" },
  { path: [1, 0, 1], text: "aa" },
  { path: [0, 3, 3, 1, 0, 2, 2, 0, 2], text: "cabb" },
])("$path reads $text", ({ path, text }) => {
  expect(decodeGreedy(scoresOf(path), alphabet)).toBe(text);
});

test("a text survives being spread over time, however long each class lasts", () => {
  const spread = fc.array(
    fc.record({ symbol: fc.integer({ min: 1, max: 3 }), length: fc.integer({ min: 1, max: 4 }), blanks: fc.integer({ min: 1, max: 3 }) }),
  );
  fc.assert(
    fc.property(spread, (parts) => {
      const path = parts.flatMap(({ symbol, length, blanks }) => [...Array<number>(length).fill(symbol), ...Array<number>(blanks).fill(0)]);
      expect(decodeGreedy(scoresOf(path), alphabet)).toBe(parts.map(({ symbol }) => alphabet[symbol]).join(""));
    }),
  );
});
