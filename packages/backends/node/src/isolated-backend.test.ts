import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type ModelFiles, type Session, writeModel } from "@halftone/core";
import { buildModel, describeBackend, floats } from "@halftone/core/testing";
import { afterEach, describe, expect, test } from "vitest";
import { isolatedBackend } from "./isolated-backend.ts";
import { nodeBackend } from "./node-backend.ts";

const fourBit = "passes no 4-bit tensors through its binding";

describeBackend("node-isolated", () => isolatedBackend(), {
  skipDtypes: { int4: fourBit, uint4: fourBit, bfloat16: "passes no bfloat16 through its binding" },
});

const negation = () => writeModel(buildModel({ inputs: { x: ["n"] } }, (b, { x }) => ({ y: b.op("Neg", [x]) })));

/** Matrix products that take a while for many rows, and no time for one. */
function slowModel(products: number): ModelFiles {
  const model = buildModel({ inputs: { x: ["n", 512] } }, (b, { x }) => {
    let value = x;
    const weight = b.random([512, 512]);
    for (let i = 0; i < products; i++) value = b.op("Tanh", [b.op("MatMul", [value, weight])]);
    return { y: b.op("ReduceMean", [value]) };
  });
  return writeModel(model);
}

const rows = (count: number) => floats([count, 512], new Float32Array(count * 512).fill(0.1));

describe("isolatedBackend", () => {
  const opened: Session[] = [];
  const open = async (model: ModelFiles, options = {}) => {
    const session = await isolatedBackend(options).open(model);
    opened.push(session);
    return session;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((session) => session.dispose()));
  });

  test("the event loop goes on during a run", async () => {
    const ticksDuring = async (session: Session) => {
      let ticks = 0;
      const timer = setInterval(() => ticks++, 2);
      await session.run({ x: rows(2048) });
      clearInterval(timer);
      return ticks;
    };
    const inProcess = await nodeBackend().open(slowModel(8));
    expect(await ticksDuring(inProcess)).toBeLessThan(3);
    await inProcess.dispose();
    expect(await ticksDuring(await open(slowModel(8)))).toBeGreaterThan(10);
  });

  test("an abort ends a run that has begun, and the session works on", async () => {
    const session = await open(slowModel(400));
    const controller = new AbortController();
    const running = session.run({ x: rows(4096) }, { signal: controller.signal });
    const waiting = session.run({ x: rows(1) });
    setTimeout(() => controller.abort("enough"), 100);
    await expect(running).rejects.toMatchObject({ code: "aborted", cause: "enough" });
    expect((await waiting)["y"]!.shape).toEqual([1, 1]);
  });

  test("a signal that fires while a run waits its turn drops that run only", async () => {
    const session = await open(negation());
    const controller = new AbortController();
    const first = session.run({ x: floats([1], [1]) });
    const dropped = session.run({ x: floats([1], [2]) }, { signal: controller.signal });
    controller.abort();
    await expect(dropped).rejects.toMatchObject({ code: "aborted" });
    expect((await first)["y"]).toEqual(floats([1], [-1]));
  });

  test("a crash of the runtime is an error, and the next run starts another process", async () => {
    const runtime = new URL("./isolated/fixtures/crashing-runtime.mjs", import.meta.url).href;
    const session = await open(negation(), { runtime });
    const run = () => session.run({ x: floats([1], [1]) });
    expect((await run())["y"]).toEqual(floats([1], [-1]));
    await expect(run()).rejects.toMatchObject({ code: "backend-failed", details: { reason: "signal SIGABRT" } });
    expect((await run())["y"]).toEqual(floats([1], [-1]));
  });

  test("a runtime or a program that is not there is unavailable", async () => {
    await expect(isolatedBackend({ runtime: "no-such-runtime" }).open(negation())).rejects.toMatchObject({ code: "backend-unavailable" });
    const entry = fileURLToPath(new URL("./no-such-child.js", import.meta.url));
    await expect(isolatedBackend({ entry }).open(negation())).rejects.toMatchObject({
      code: "backend-unavailable",
      message: expect.stringContaining("Cannot find module"),
    });
  });

  test("a session that was not disposed keeps no process running", () => {
    const built = (file: string) => pathToFileURL(fileURLToPath(new URL(`../dist/${file}`, import.meta.url))).href;
    const program = `
      import { isolatedBackend } from ${JSON.stringify(built("isolated-backend.js"))};
      const session = await isolatedBackend().open({ model: Buffer.from(${JSON.stringify(Buffer.from(negation().model).toString("base64"))}, "base64") });
      const { y } = await session.run({ x: { dtype: "float32", shape: [1], data: new Float32Array([4]) } });
      console.log(y.data[0]);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8", timeout: 30_000 });
    expect({ stdout, stderr, status }).toEqual({ stdout: "-4\n", stderr: "", status: 0 });
  });
});
