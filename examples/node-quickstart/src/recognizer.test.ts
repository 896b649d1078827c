import { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { decodeGreedy } from "./ctc.ts";
import { lineSource } from "./line-source.ts";
import { renderLines } from "./lines.ts";
import { readingMetrics } from "./reading-metrics.ts";
import { loadRecognizer } from "./recognizer.ts";

test("the float model reads the rendered lines: preprocessing, alphabet and decoder fit the model", async () => {
  const lines = await renderLines({ split: "evaluation", count: 100, seed: 2 });
  const { model, alphabet } = await loadRecognizer();
  const { metrics } = readingMetrics(
    lines.map(({ text }) => text),
    (scores) => decodeGreedy(scores, alphabet),
  );
  const accumulators = metrics.map((metric) => metric.create());
  const session = await InferenceSession.create(model);
  let index = 0;
  for await (const { x } of lineSource("evaluation", lines)) {
    if (x === undefined) continue;
    const outputs = await session.run({ x: new RuntimeTensor("float32", x.data as Float32Array, x.shape) });
    const [scores] = Object.values(outputs);
    expect(scores?.dims[2]).toBe(alphabet.length);
    for (const each of accumulators) each.update({ scores: { dtype: "float32", shape: scores?.dims ?? [], data: scores?.data as Float32Array } }, index);
    index++;
  }
  await session.release();
  const [exactMatch, characters] = accumulators.map((each) => each.result());
  expect(exactMatch).toBeGreaterThan(0.85);
  expect(characters).toBeGreaterThan(0.97);
});
