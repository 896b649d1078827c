import { QuantError, type Session } from "@halftone/core";
import { floats } from "@halftone/core/testing";
import * as onnxruntime from "onnxruntime-web/wasm";
import { afterEach, expect, test } from "vitest";
import { negation, rows, slowModel } from "../fixtures/small-models.ts";
import { wasmBackend, wasmThreadBackend } from "../wasm.ts";

const opened: Session[] = [];
const keep = <T extends Session>(session: T): T => {
  opened.push(session);
  return session;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session.dispose()));
});

test("the page goes on during a run", async () => {
  const ticksDuring = async (session: Session) => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await session.run({ x: rows(256) });
    clearInterval(timer);
    return ticks;
  };
  expect(await ticksDuring(keep(await wasmThreadBackend().open(slowModel(8))))).toBeLessThan(3);
  expect(await ticksDuring(keep(await wasmBackend().open(slowModel(8))))).toBeGreaterThan(5);
});

test("an abort ends a run that has begun, and every session of the backend works on", async () => {
  const backend = wasmBackend();
  const slow = keep(await backend.open(slowModel(400)));
  const other = keep(await backend.open(negation()));
  const controller = new AbortController();
  const running = slow.run({ x: rows(4096) }, { signal: controller.signal });
  const waiting = slow.run({ x: rows(1) });
  setTimeout(() => controller.abort("enough"), 100);
  await expect(running).rejects.toMatchObject({ code: "aborted", cause: "enough" });
  expect((await waiting)["y"]!.shape).toEqual([1, 1]);
  expect((await other.run({ x: floats([1], [2]) }))["y"]).toEqual(floats([1], [-2]));
});

test("a signal that fires while a run waits its turn drops that run only", async () => {
  const session = keep(await wasmBackend().open(negation()));
  const controller = new AbortController();
  const first = session.run({ x: floats([1], [1]) });
  const dropped = session.run({ x: floats([1], [2]) }, { signal: controller.signal });
  controller.abort();
  await expect(dropped).rejects.toMatchObject({ code: "aborted" });
  expect((await first)["y"]).toEqual(floats([1], [-1]));
});

test("the caller's buffers stay the caller's, and a view takes only its part along", async () => {
  const session = keep(await wasmBackend().open(negation()));
  const large = new Float32Array([9, 1, 2, 9]);
  expect((await session.run({ x: floats([2], large.subarray(1, 3)) }))["y"]).toEqual(floats([2], [-1, -2]));
  expect([...large]).toEqual([9, 1, 2, 9]);
});

test("one worker serves a backend, from its first use on", async () => {
  let started = 0;
  const worker = () => {
    started++;
    return new Worker(new URL("../wasm-worker.js", import.meta.url), { type: "module" });
  };
  const backend = wasmBackend({ worker });
  expect(started).toBe(0);
  const sessions = await Promise.all([backend.open(negation()), backend.open(negation())]);
  await Promise.all(sessions.map((session) => session.dispose()));
  keep(await backend.open(negation()));
  expect(started).toBe(1);
});

test("a worker without a program is unavailable, and the next open starts another", async () => {
  let started = 0;
  const worker = () => {
    started++;
    return started === 1
      ? new Worker(new URL("no-such-worker.js", location.href), { type: "module" })
      : new Worker(new URL("../wasm-worker.js", import.meta.url), { type: "module" });
  };
  const backend = wasmBackend({ worker });
  await expect(backend.open(negation())).rejects.toMatchObject({ code: "backend-unavailable", message: expect.stringContaining("bundler") });
  expect(keep(await backend.open(negation())).inputs).toEqual(["x"]);
});

test("loads the runtime once, on the first use, and again after a load that failed", async () => {
  let loads = 0;
  const backend = wasmThreadBackend({
    runtime: async () => {
      loads++;
      if (loads === 1) throw new Error("no such module");
      return onnxruntime;
    },
  });
  expect(loads).toBe(0);
  const failed = await Promise.allSettled([backend.open(negation()), backend.open(negation())]);
  expect(failed.map((result) => result.status === "rejected" && QuantError.is(result.reason, "backend-unavailable"))).toEqual([true, true]);
  expect(loads).toBe(1);
  keep(await backend.open(negation()));
  keep(await backend.open(negation()));
  expect(loads).toBe(2);
});

test("an isolated page has threads, and their answer is the same", async () => {
  expect(crossOriginIsolated).toBe(true);
  const single = keep(await wasmBackend({ threads: 1 }).open(slowModel(2)));
  const double = keep(await wasmBackend({ threads: 2 }).open(slowModel(2)));
  const [one, two] = await Promise.all([single.run({ x: rows(64) }), double.run({ x: rows(64) })]);
  const [a, b] = [one["y"]!.data as Float32Array, two["y"]!.data as Float32Array];
  expect(Math.abs(a[0]! - b[0]!)).toBeLessThan(1e-5 * Math.abs(a[0]!));
});
