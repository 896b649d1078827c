import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeQuantize } from "../numerics/index.ts";
import type { Encoding, LayerSample, ProbeCandidate, Tensor } from "../spec/index.ts";
import { activationEncoding, perChannelEncoding, rescalingOf } from "./fixtures/encodings.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { productModel } from "./fixtures/layer-models.ts";
import { expectClose, multiply, roundingOf } from "./fixtures/matrices.ts";
import { type SearchCase, searchCase } from "./fixtures/search-case.ts";

let search: SearchCase;
let sample: LayerSample;

beforeAll(async () => {
  search = await searchCase(productModel.model(), productModel.feeds);
  [sample] = (await search.runtime.sample([search.layer("layer")], everyPosition)) as [LayerSample];
});
afterAll(() => search.runtime.dispose());

/** A side [samples heads, ., .] on a grid whose axis counts as that of the tensor [n, heads, ., .]. */
function onGrid(side: Tensor, encoding: Encoding | undefined): Tensor {
  const [batch, rows, columns] = side.shape as [number, number, number];
  const whole = { ...side, shape: [batch / 2, 2, rows, columns] };
  return encoding ? { ...fakeQuantize(whole, encoding), shape: side.shape } : side;
}

/** Per column, over all samples, heads and rows. */
async function expectError({ left, right }: ProbeCandidate): Promise<void> {
  const { layer, channels } = await (await search.runtime.probe(sample)).error({ ...(left && { left }), ...(right && { right }) });
  const answer = multiply(onGrid(sample.left, left?.encoding), onGrid(sample.right, right));
  const target = multiply(sample.left, sample.right);
  const expected = new Float64Array(3);
  answer.forEach((value, index) => {
    expected[index % 3]! += (value - target[index]!) ** 2;
  });
  const [rows, d] = [answer.length / 3, 3 * roundingOf(4)];
  expectClose(channels, expected, (column) => 4 * d * Math.sqrt(expected[column]! * rows) + rows * d * d + expected[column]! * 1e-5);
  expect(layer).toBeCloseTo(
    channels.reduce((sum, each) => sum + each, 0),
    10,
  );
  expect(layer).toBeGreaterThan(1e-3);
}

describe("probe of a product of two activations", () => {
  it("measures either side, or both, on one grid", async () => {
    const [left, right] = [{ encoding: activationEncoding(-1, 1, 4) }, activationEncoding(-0.5, 1, 4)];
    await expectError({ left });
    await expectError({ right });
    await expectError({ left, right });
  });

  it("measures grids per head on either side, and per row or column where the other side has it whole", async () => {
    await expectError({ left: { encoding: perChannelEncoding(1, 2) } });
    await expectError({ left: { encoding: perChannelEncoding(3, 4) } });
    for (const [axis, channels] of [
      [1, 2],
      [2, 4],
      [3, 3],
    ]) {
      await expectError({ right: perChannelEncoding(axis!, channels!) });
    }
  });

  it("measures twin and logarithmic grids", async () => {
    const twin: Encoding = { kind: "twin", threshold: 0, low: activationEncoding(-1, 0, 4), high: activationEncoding(0, 1, 4) };
    const log: Encoding = { kind: "log", base: "2", bits: 4, scale: 1, rounding: "nearest" };
    await expectError({ left: { encoding: twin }, right: log });
    await expectError({ left: { encoding: log }, right: twin });
  });

  it("refuses grids per row of the left side, of which it saw only some, and rescalings, which no weight undoes", async () => {
    const probe = await search.runtime.probe(sample);
    const perRow = probe.error({ left: { encoding: perChannelEncoding(2, 5) } });
    await expect(perRow).rejects.toMatchObject({ code: "unsupported-encoding", details: { tensor: "left", axis: 2 } });
    const rescaled = probe.error({ left: { encoding: activationEncoding(-1, 1), rescaling: rescalingOf(3, 4, false) } });
    await expect(rescaled).rejects.toMatchObject({ code: "unsupported-encoding", details: { node: "layer" } });
  });
});
