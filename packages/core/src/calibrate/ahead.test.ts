import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ahead } from "./ahead.ts";

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("ahead", () => {
  it("asks for the next item while the one before is worked on, and no further", async () => {
    const log: string[] = [];
    async function* source() {
      for (let index = 0; index < 4; index++) {
        log.push(`make ${index}`);
        yield index;
      }
    }
    for await (const item of ahead(source())) {
      await settled();
      log.push(`use ${item}`);
    }
    expect(log).toEqual(["make 0", "make 1", "use 0", "make 2", "use 1", "make 3", "use 2", "use 3"]);
  });

  it.each([true, false])("lets go of items that were used (signal: %s)", async (signalled) => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const made: WeakRef<object>[] = [];
    async function* source() {
      for (let index = 0; index < 40; index++) {
        const item = { data: new Float32Array(1000) };
        made.push(new WeakRef(item));
        yield item;
      }
    }
    const signal = signalled ? new AbortController().signal : undefined;
    let used = 0;
    let most = 0;
    for await (const item of ahead(source(), signal)) {
      expect(item.data).toHaveLength(1000);
      await settled();
      if (++used % 10 > 0) continue;
      collectGarbage();
      most = Math.max(most, made.filter((each) => each.deref() !== undefined).length);
    }
    expect(used).toBe(40);
    expect(most).toBeLessThanOrEqual(3);
  });

  it("passes on what a source throws, after the items before it", async () => {
    async function* source() {
      yield 1;
      throw new TypeError("broken");
    }
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const item of ahead(source())) seen.push(item);
    };
    await expect(run()).rejects.toThrow("broken");
    expect(seen).toEqual([1]);
  });

  it("closes a source that is left early", async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield 1;
      } finally {
        closed = true;
      }
    }
    for await (const _ of ahead(source())) break;
    expect(closed).toBe(true);
  });

  it("stops waiting for a source that hangs when the signal fires", async () => {
    const controller = new AbortController();
    const hanging = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => undefined) }) };
    const run = async (): Promise<void> => {
      for await (const _ of ahead(hanging, controller.signal)) expect.unreachable();
    };
    const running = run();
    controller.abort(new Error("enough"));
    await expect(running).rejects.toMatchObject({ code: "aborted", cause: new Error("enough") });
  });
});
