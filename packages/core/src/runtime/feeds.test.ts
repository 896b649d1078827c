import { describe, expect, it } from "vitest";
import type { CalibrationSource, Dimension, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { collectFeeds } from "./feeds.ts";
import { randomTensor } from "./fixtures/matrices.ts";

const graphOf = (shape: readonly Dimension[]) => buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op("Relu", [x]) })).graph;

interface Watched extends CalibrationSource {
  /** Feeds that were asked for, and whether the source was told to stop. */
  readonly seen: { pulled: number; closed: boolean };
}

function watched(batches: readonly number[], shape: readonly number[], onPull: (pulled: number) => void = () => {}): Watched {
  const seen = { pulled: 0, closed: false };
  return {
    id: "watched",
    seen,
    async *[Symbol.asyncIterator](): AsyncGenerator<Tensors> {
      try {
        for (const batch of batches) {
          seen.pulled++;
          onPull(seen.pulled);
          yield { x: randomTensor([batch, ...shape], seen.pulled) };
        }
      } finally {
        seen.closed = true;
      }
    },
  };
}

describe("feeds of a search", () => {
  it("are the first ones that hold the samples wanted; the source is told to stop", async () => {
    const source = watched([2, 3, 1, 4], [4]);
    const { feeds, samples } = await collectFeeds(source, graphOf(["n", 4]), 5);
    expect(samples).toBe(5);
    expect(feeds.map(({ before, samples }) => [before, samples])).toEqual([
      [0, 2],
      [2, 3],
    ]);
    expect(source.seen).toEqual({ pulled: 2, closed: true });
  });

  it("are all there are, where there are fewer", async () => {
    expect((await collectFeeds(watched([2, 1], [4]), graphOf(["n", 4]), 32)).samples).toBe(3);
  });

  it.each([
    ["an open first dimension", ["n", 4, 6], [3, 4, 6], 3],
    ["that of images, open or not", [3, 4, 6, 6], [3, 4, 6, 6], 3],
    ["no other fixed first dimension", [3, 4, 6], [3, 4, 6], 1],
    ["nothing of a vector", ["n"], [3], 1],
  ] as const)("count as samples %s", async (_, declared, [batch, ...rest], expected) => {
    expect((await collectFeeds(watched([batch!], rest), graphOf(declared), 1)).samples).toBe(expected);
  });

  it("of a source without data are refused", async () => {
    await expect(collectFeeds(watched([], [4]), graphOf(["n", 4]), 4)).rejects.toMatchObject({ code: "empty-calibration" });
  });

  it("are no longer collected once the search is aborted", async () => {
    const controller = new AbortController();
    const source = watched([1, 1, 1], [4], (pulled) => pulled === 2 && controller.abort("enough"));
    const collected = collectFeeds(source, graphOf(["n", 4]), 3, controller.signal);
    await expect(collected).rejects.toMatchObject({ code: "aborted", cause: "enough" });
    expect(source.seen).toEqual({ pulled: 2, closed: true });
  });
});
