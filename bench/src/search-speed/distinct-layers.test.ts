import { type Layer, viewOf } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { expect, test } from "vitest";
import { distinctLayers } from "./distinct-layers.ts";

test("keeps the first of each kind and size, and counts the others", () => {
  const { graph } = buildModel({ inputs: { x: [1, 4], p: [1, 4, 2], q: [1, 2, 4] } }, (b, { x, p, q }) => {
    const first = b.op("MatMul", [x, b.random([4, 4], "w1")], {}, "first");
    const same = b.op("MatMul", [first, b.random([4, 4], "w2")], {}, "same");
    const wider = b.op("MatMul", [same, b.random([4, 8], "w3")], {}, "wider");
    return { y: wider, z: b.op("MatMul", [p, q], {}, "product") };
  });
  const layerOf = (node: string, weight?: string): Layer => ({
    node,
    kind: weight ? "linear" : "product",
    operands: weight ? ["x"] : ["p", "q"],
    ...(weight && { weight }),
    output: node,
    groups: 1,
    padded: false,
  });
  const layers = [layerOf("first", "w1"), layerOf("same", "w2"), layerOf("wider", "w3"), layerOf("product")];
  expect(distinctLayers(viewOf(graph), layers).map(({ layer, count }) => [layer.node, count])).toEqual([
    ["first", 2],
    ["wider", 1],
    ["product", 1],
  ]);
});
