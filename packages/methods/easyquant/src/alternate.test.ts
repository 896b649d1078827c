import { describe, expect, it } from "vitest";
import { alternate } from "./alternate.ts";

/** A side that lowers the error to these values, one after the other, and then leaves it. */
function side(name: string, lowered: readonly number[], log: string[]) {
  let next = 0;
  return async (error: number): Promise<number> => {
    log.push(name);
    return Math.min(lowered[next++] ?? error, error);
  };
}

async function turnsOf(sides: Readonly<Record<string, readonly number[]>>, rounds = 10, tolerance = 0): Promise<string> {
  const log: string[] = [];
  await alternate(
    1,
    Object.entries(sides).map(([name, lowered]) => side(name, lowered, log)),
    { rounds, tolerance },
  );
  return log.join("");
}

describe("sides that take turns", () => {
  it("end where none but the last one searched has changed", async () => {
    expect(await turnsOf({ w: [0.8], a: [0.7] })).toBe("waw");
    expect(await turnsOf({ w: [0.8, 0.6], a: [0.7, 0.5] })).toBe("wawaw");
    expect(await turnsOf({ w: [0.8], a: [] })).toBe("wa");
    expect(await turnsOf({ w: [], a: [0.7] })).toBe("waw");
    expect(await turnsOf({ w: [], a: [] })).toBe("wa");
  });

  it("do so `rounds` times at most", async () => {
    expect(await turnsOf({ w: [0.8, 0.6, 0.4], a: [0.7, 0.5, 0.3] }, 2)).toBe("wawa");
    expect(await turnsOf({ w: [0.8, 0.6, 0.4], a: [0.7, 0.5, 0.3] }, 1)).toBe("wa");
  });

  it("end with a round that improves less than the tolerance", async () => {
    // 1 -> 0.7, then 0.7 -> 0.65: less than a tenth of it.
    expect(await turnsOf({ w: [0.8, 0.66, 0.3], a: [0.7, 0.65, 0.2] }, 10, 0.1)).toBe("wawa");
  });

  it("end at once where the other sides are decided, or where errors are no numbers", async () => {
    expect(await turnsOf({ w: [0.8, 0.6] })).toBe("w");
    expect(await turnsOf({})).toBe("");
    expect(await turnsOf({ w: [Number.NaN], a: [Number.NaN] })).toBe("wa");
  });
});
