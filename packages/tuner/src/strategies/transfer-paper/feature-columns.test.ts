import { expect, test } from "vitest";
import { featureColumns } from "./feature-columns.ts";

test("has a column for each feature that any workload knows, by name, and fills what is lacking with the middle of the others", () => {
  const columns = featureColumns([
    { id: "one", features: { depthwise: 16, nodes: 80 } },
    { id: "two", features: { nodes: 20 } },
    { id: "three", features: { nodes: 50, depthwise: 0, sqnrTensor: 33 } },
    { id: "four", features: {} },
  ]);
  expect(columns({ sqnrTensor: 31, nodes: 20, depthwise: 3 })).toEqual([3, 20, 31]);
  expect(columns({})).toEqual([8, 50, 33]);
});

test("has no columns where nothing is known", () => {
  expect(featureColumns([{ id: "one", features: {} }])({})).toEqual([]);
});
