import { expect, test } from "vitest";
import { leastSecondsInTurns } from "./turns.ts";

test("each gets as many runs as the others, every one with a factor of its own", async () => {
  const factors: Record<"a" | "b", number[]> = { a: [], b: [] };
  const order: string[] = [];
  const contestant = (name: "a" | "b") => async (factor: number) => {
    factors[name].push(factor);
    if (order.at(-1) !== name) order.push(name);
  };
  const seconds = await leastSecondsInTurns({ a: contestant("a"), b: contestant("b") }, 3);
  expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
  expect(factors.a).toEqual(factors.b);
  expect(new Set(factors.a).size).toBe(factors.a.length);
  expect(Object.keys(seconds)).toEqual(["a", "b"]);
  for (const each of Object.values(seconds)) expect(each).toBeGreaterThanOrEqual(0);
});
