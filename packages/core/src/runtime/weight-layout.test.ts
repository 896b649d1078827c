import { describe, expect, it } from "vitest";
import { viewOf } from "../ir/index.ts";
import type { Layer } from "../spec/index.ts";
import { rightOf } from "./fixtures/layer-error.ts";
import { weightedModels } from "./fixtures/layer-models.ts";
import { asRight, placeOf, weightLayoutOf } from "./weight-layout.ts";

describe("a weight as the right side of a product", () => {
  it.each(weightedModels)("$name: every element once, where its operator reads it", (given) => {
    const node = viewOf(given.model().graph).node("layer")!;
    const weight = node.inputs[1]!.constant!;
    const groups = Number(node.attribute("group") ?? 1);
    const layout = weightLayoutOf({ groups } as Layer, node);
    const right = asRight(weight.data as Float32Array, layout);
    expect(right).toEqual(rightOf(node, groups, weight));
    const { batch, depth, columns } = layout;
    const places = Array.from(right.data as Float32Array, (_, index) =>
      placeOf(layout, Math.floor(index / (depth * columns)), Math.floor(index / columns) % depth, index % columns),
    );
    expect(places.map((place) => weight.data[place])).toEqual([...(right.data as Float32Array)]);
    expect(new Set(places).size).toBe(batch * depth * columns);
    expect(batch).toBe(groups);
  });
});
