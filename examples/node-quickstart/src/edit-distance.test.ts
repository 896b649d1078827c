import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), maxLength: 8 });

/** The definition, by recursion over the first characters. */
function distanceByDefinition(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [, ...restOfA] = a;
  const [, ...restOfB] = b;
  if (a[0] === b[0]) return distanceByDefinition(restOfA, restOfB);
  return 1 + Math.min(distanceByDefinition(restOfA, b), distanceByDefinition(a, restOfB), distanceByDefinition(restOfA, restOfB));
}

test("the textbook's example", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
});

test("agrees with the definition", () => {
  const short = fc.string({ unit: fc.constantFrom("a", "b", "😀"), maxLength: 5 });
  fc.assert(fc.property(short, short, (a, b) => editDistance(a, b) === distanceByDefinition([...a], [...b])));
});

test("is a metric", () => {
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
    }),
  );
});
