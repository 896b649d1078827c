import type { Trial } from "@halftone/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cheapestWithin, paretoFront } from "./pareto.ts";

const trial = (id: number, score: number, bytes: number, seconds = 0): Trial => ({
  ...{ id, workload: "w", candidate: { id }, effort: 1 },
  outcome: { status: "done", score, metrics: { bytes, seconds } },
});
const idsOf = (trials: readonly Trial[]): readonly number[] => trials.map(({ id }) => id);

const failed: Trial = { ...trial(8, 0, 0), outcome: { status: "failed", code: "backend-failed", message: "" } };
const partial: Trial = { ...trial(9, 1, 1), effort: 0.5 };

test("keeps what is better in something, and the first of equals", () => {
  const trials = [trial(0, 0.7, 30), trial(1, 0.6, 20), trial(2, 0.65, 30), trial(3, 0.6, 20), trial(4, 0.5, 10), trial(5, 0.5, 25), failed, partial];
  expect(idsOf(paretoFront(trials, ["bytes"]))).toEqual([0, 1, 4]);
  expect(idsOf(paretoFront(trials, []))).toEqual([0]);
  expect(paretoFront(trials, ["energy"])).toEqual([]);
});

test("whatever is left out is beaten by what is kept, and nothing that is kept is", () => {
  const figure = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(figure, figure, figure), { maxLength: 30 }), (figures) => {
      const trials = figures.map(([score, bytes, seconds], id) => trial(id, score, bytes, seconds));
      const front = paretoFront(trials, ["bytes", "seconds"]);
      const atLeast = (one: Trial, other: Trial): boolean => {
        const [[a, b, c], [x, y, z]] = [figures[one.id]!, figures[other.id]!];
        return a >= x && b <= y && c <= z;
      };
      for (const each of trials) expect(front.some((kept) => atLeast(kept, each))).toBe(true);
      for (const one of front) for (const other of front) expect(one !== other && atLeast(one, other)).toBe(false);
    }),
  );
});

test("finds the cheapest that is good enough", () => {
  const trials = [trial(0, 0.7, 30), trial(1, 0.69, 20), trial(2, 0.695, 20), trial(3, 0.2, 1), failed, partial];
  expect(cheapestWithin(trials, 0.69, "bytes")?.id).toBe(2);
  expect(cheapestWithin(trials, 0.7, "bytes")?.id).toBe(0);
  expect(cheapestWithin(trials, 0.9, "bytes")).toBeUndefined();
});
