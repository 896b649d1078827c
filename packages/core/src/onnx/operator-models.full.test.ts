import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { checkGraph } from "../ir/index.ts";
import { readModel, writeModel } from "./index.ts";
import { readTensor } from "./read-tensor.ts";
import { decode } from "./wire/decode.ts";

/** The folder `onnx/backend/test/data` of an unpacked release of the onnx Python package, which carries a model per operator. */
const folder = process.env.HALFTONE_ONNX_DATA ?? "";
const runnable = new Set<string>(["float32", "float64", "int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool", "string"]);

type Feeds = Record<string, ort.Tensor>;

/** The test's own inputs, or nothing where one is no tensor that the runtime's JavaScript binding takes. */
function inputsOf(path: string, names: readonly string[]): Feeds | undefined {
  const files = names.map((_, index) => join(dirname(path), "test_data_set_0", `input_${index}.pb`));
  if (!files.every(existsSync)) return undefined;
  try {
    const tensors = files.map((file) => readTensor(decode("TensorProto", readFileSync(file)), file).tensor());
    if (!tensors.every((tensor) => runnable.has(tensor.dtype))) return undefined;
    return Object.fromEntries(tensors.map(({ dtype, data, shape }, index) => [names[index]!, new ort.Tensor(dtype as "float32", data as Float32Array, shape)]));
  } catch {
    return undefined; // a sequence or an optional value
  }
}

async function execute(model: Uint8Array, path: string): Promise<unknown> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const feeds = inputsOf(path, session.inputNames);
    return feeds && Object.values(await session.run(feeds)).map((output) => [output.dims, output.data]);
  } finally {
    await session.release();
  }
}

describe.skipIf(!existsSync(folder))("the operator models of ONNX (needs HALFTONE_ONNX_DATA)", () => {
  it("come back sound, and compute the same wherever the runtime executes them", async () => {
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".onnx"));
    let compared = 0;
    for (const path of paths.map((each) => join(folder, each))) {
      const bytes = readFileSync(path);
      const first = readModel({ model: bytes });
      checkGraph(first.graph);
      const written = writeModel(first);
      expect(Buffer.compare(writeModel(readModel(written)).model, written.model), path).toBe(0);
      const before = await execute(bytes, path).catch(() => undefined);
      if (before === undefined) continue;
      expect(await execute(written.model, path), path).toEqual(before);
      compared += 1;
    }
    console.log(`${paths.length} models came back, ${compared} of them computed the same`);
    expect(compared).toBeGreaterThan(paths.length / 10);
  });
});
