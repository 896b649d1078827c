import type { NodeSensitivity } from "@halftone/core";
import { expect, test } from "vitest";
import { layerBars } from "./layer-bars.ts";

function row(node: string, sqnrDb: number): NodeSensitivity {
  const distance = { sqnrDb, cosine: 1, maxError: 0 };
  return { node, op: "Conv", isolated: distance, cumulative: distance };
}

test("the noisiest come first, and the bars are their noise to scale", () => {
  const bars = layerBars([row("good", 40), row("bad", 20), row("worse", 0), row("equal", Number.POSITIVE_INFINITY)], 3);
  expect(bars.map(({ node }) => node)).toEqual(["worse", "bad", "good"]);
  expect(bars.map(({ length }) => Number(length.toFixed(6)))).toEqual([1, 0.1, 0.01]);
});

test("a node that answers no number is as bad as can be; without noise there are no bars", () => {
  expect(layerBars([row("fine", 30), row("broken", Number.NaN)], 1)[0]).toMatchObject({ node: "broken", noise: 1 });
  expect(layerBars([row("equal", Number.POSITIVE_INFINITY)], 5)[0]).toMatchObject({ length: 0 });
});
