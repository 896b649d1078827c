import { plan, QuantError, quantize, readModel, writeModel } from "@halftone/core";
import { buildModel, describeBackend, floats } from "@halftone/core/testing";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { asInReactNative } from "./fixtures/react-native-runtime.ts";
import { sampled, smallNetwork } from "./fixtures/small-network.ts";
import { mobileBackend } from "./mobile-backend.ts";
import { mobileXnnpack } from "./target/mobile-targets.ts";

const fourBit = "passes no 4-bit tensors through its binding";
const skipDtypes = { int4: fourBit, uint4: fourBit, bfloat16: "passes no bfloat16 through its binding" };

describeBackend("mobile", () => mobileBackend({ runtime: asInReactNative }), { skipDtypes });

test("a side file that is part of a larger buffer is read as that part", async () => {
  const files = writeModel(
    buildModel({ inputs: { x: [1] } }, (b, { x }) => ({ y: b.op("Add", [x, b.random([100])]) })),
    { externalFrom: 100 },
  );
  const external = new Map(
    [...files.external!].map(([name, bytes]) => {
      const larger = new Uint8Array(bytes.byteLength + 64).fill(255);
      larger.set(bytes, 32);
      return [name, larger.subarray(32, 32 + bytes.byteLength)] as const;
    }),
  );
  const feeds = { x: floats([1], [0]) };
  const answers = [];
  for (const model of [files, { model: files.model, external }]) {
    const session = await mobileBackend({ runtime: asInReactNative }).open(model);
    answers.push((await session.run(feeds))["y"]);
    await session.dispose();
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("calibration on the device makes the plan that Node makes", async () => {
  const options = { model: smallNetwork(), source: sampled(), method: minMax(), target: mobileXnnpack() };
  const onDevice = await plan({ ...options, backend: mobileBackend({ runtime: asInReactNative }) });
  expect(Object.keys(onDevice.encodings).length).toBeGreaterThan(8);
  expect(onDevice).toEqual(await plan({ ...options, backend: nodeBackend() }));
  const { model, report } = await quantize({ ...options, backend: mobileBackend({ runtime: asInReactNative }) });
  expect(readModel(model).graph.nodes.filter(({ op }) => op === "QuantizeLinear").length).toBeGreaterThan(3);
  expect(report.nodes.quantized).toBeGreaterThan(4);
});

test("a runtime that is not there is unavailable, and tried again by the next open", async () => {
  let loads = 0;
  const backend = mobileBackend({
    runtime: async () => {
      loads++;
      if (loads === 1) throw new Error("no native module");
      return asInReactNative();
    },
  });
  const failure = await backend.open(smallNetwork()).catch((error: unknown) => error);
  expect(QuantError.is(failure, "backend-unavailable")).toBe(true);
  expect((failure as Error).message).toContain("no native module");
  await (await backend.open(smallNetwork())).dispose();
  expect(loads).toBe(2);
});
