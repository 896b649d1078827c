import { describe, expect, it } from "vitest";
import { boolean, type Check, fields, integer, listOf, number, oneOf, text } from "./check.ts";

describe("a check", () => {
  const inner = fields({ name: text, sizes: listOf(integer(1, 9), 1, 2) }, ["name"]);
  const check = fields({ inner, kinds: listOf(oneOf("a", "b")), on: boolean, factor: number, count: integer(0) });

  it.each<[Check, unknown]>([
    [check, {}],
    [check, { inner: { name: "x", sizes: [1, 9] }, kinds: [], on: false, factor: -0.5, count: 1e9 }],
    [check, { inner: undefined, on: true }],
  ])("finds nothing where all is well", (each, value) => {
    expect(each(value, "")).toBeUndefined();
  });

  it.each<[unknown, string, RegExp]>([
    [null, "", /must be an object/],
    [[], "", /must be an object/],
    [{ odd: 1 }, "odd", /is not known; there are inner, kinds, on, factor, count/],
    [{ toString: 1 }, "toString", /is not known/],
    [{ inner: {} }, "inner.name", /is missing/],
    [{ inner: { name: 1 } }, "inner.name", /must be a text/],
    [{ inner: { name: "x", sizes: [] } }, "inner.sizes", /must hold 1 to 2 values/],
    [{ inner: { name: "x", sizes: [1, 10] } }, "inner.sizes.1", /must be a whole number from 1 to 9/],
    [{ kinds: "a" }, "kinds", /must be a list/],
    [{ kinds: ["a", "c"] }, "kinds.1", /must be one of a, b/],
    [{ on: 1 }, "on", /must be true or false/],
    [{ factor: Number.NaN }, "factor", /must be a number/],
    [{ factor: "1" }, "factor", /must be a number/],
    [{ count: 1.5 }, "count", /must be a whole number from 0 on/],
  ])("names the field of %j", (value, field, problem) => {
    expect(check(value, "")).toEqual({ field, problem: expect.stringMatching(problem) });
  });
});
