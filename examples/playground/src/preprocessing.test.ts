import { expect, test } from "vitest";
import { fieldsFor, imageNetFields, preprocessOf } from "./preprocessing.ts";

test("the defaults are ImageNet's", () => {
  expect(preprocessOf(imageNetFields)).toMatchObject({
    resize: { shortest: 256 },
    crop: [224, 224],
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
    channelOrder: "rgb",
    layout: "NCHW",
  });
});

test.each([
  { field: "mean", fields: { mean: "0.5, x" } },
  { field: "height", fields: { height: "" } },
  { field: "std", fields: { std: "0" } },
])("a mistake names its field: $field", ({ field, fields }) => {
  expect(() => preprocessOf({ ...imageNetFields, ...fields })).toThrow(expect.objectContaining({ code: "invalid-config", details: { field } }));
});

test.each([
  { shape: [1, 3, 32, 48], fields: { layout: "NCHW", height: "32", width: "48", channelOrder: "rgb" } },
  { shape: ["batch", 28, 28, 1], fields: { layout: "NHWC", height: "28", width: "28", channelOrder: "gray", mean: "0.5" } },
  { shape: ["batch", 3, "height", "width"], fields: { layout: "NCHW", height: "224", width: "224" } },
  { shape: [1, 10], fields: imageNetFields },
  { shape: undefined, fields: imageNetFields },
])("an input of shape $shape fills in what it tells", ({ shape, fields }) => {
  const filled = fieldsFor(shape, imageNetFields);
  expect(filled).toMatchObject(fields);
  const { resize, crop } = preprocessOf(filled);
  expect(resize && "shortest" in resize && resize.shortest).toBeGreaterThanOrEqual(Math.max(...crop!));
});
