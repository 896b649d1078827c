// node peak-memory.js MODEL CALIBRATION SAMPLES: peak resident kilobytes of a calibration over that many samples, each made
// when it is asked for.
import { type CalibrationSource, createCalibrator, seededRandom, type Tensors } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { peakBytes } from "../shared/peak-bytes.ts";
import { prepareSubject } from "./subject.ts";

const [name, calibration, count] = process.argv.slice(2);
const { normalized, feeds, observe } = await prepareSubject(name!, 1);
const random = seededRandom(1);
const template = Object.entries(feeds[0]!);

const source: CalibrationSource = {
  id: "noise",
  async *[Symbol.asyncIterator]() {
    for (let index = 0; index < Number(count); index++) yield noise();
  },
};

function noise(): Tensors {
  return Object.fromEntries(
    template.map(([input, { shape, data }]) => [input, { dtype: "float32", shape, data: Float32Array.from({ length: data.length }, () => random() * 2 - 1) }]),
  );
}

await createCalibrator().collect(normalized, source, observe(minMax({ calibration: calibration as "max" | "mse" })), nodeBackend());
console.log(peakBytes() / 1024);
