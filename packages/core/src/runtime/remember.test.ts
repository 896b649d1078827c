import { describe, expect, it } from "vitest";
import { remember } from "./remember.ts";

describe("remember", () => {
  it("makes the answer to an argument once, until another argument comes", async () => {
    const made: unknown[] = [];
    const recall = remember(async (argument: { readonly a: number } | undefined) => made.push(argument));
    const same = { a: 1 };
    expect([await recall(same), await recall(same), await recall({ a: 1 }), await recall({ a: 2 }), await recall({ a: 1 })]).toEqual([1, 1, 1, 2, 3]);
    expect(made).toEqual([{ a: 1 }, { a: 2 }, { a: 1 }]);
  });

  it("tells nothing from something, and forgets when it is told to", async () => {
    let made = 0;
    const recall = remember(async (_: { readonly a: number } | undefined) => ++made);
    expect([await recall(undefined), await recall(undefined)]).toEqual([1, 1]);
    expect(await recall({ a: 1 })).toBe(2);
    recall.clear();
    expect(await recall({ a: 1 })).toBe(3);
  });

  it("does not remember a failure", async () => {
    let attempts = 0;
    const recall = remember(async (argument: string) => {
      attempts++;
      if (attempts === 1) throw new TypeError("not now");
      return argument;
    });
    await expect(recall("x")).rejects.toThrow("not now");
    expect(await recall("x")).toBe("x");
  });
});
