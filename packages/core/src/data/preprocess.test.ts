import { describe, expect, test } from "vitest";
import { QuantError } from "../spec/error.ts";
import { parsePreprocess } from "./preprocess.ts";

const complete = {
  resize: { shortest: 224, interpolation: "bicubic" },
  crop: [224, 224],
  channelOrder: "bgr",
  scale: 1,
  mean: [104, 117, 123],
  std: [1, 1, 1],
  layout: "NHWC",
};

function refusal(json: unknown): QuantError {
  try {
    parsePreprocess(json);
  } catch (error) {
    if (QuantError.is(error)) return error;
    throw error;
  }
  expect.unreachable("the description was accepted");
}

describe("parsePreprocess", () => {
  test("reads a description, bare or inside a model card", () => {
    expect(parsePreprocess(complete)).toEqual(complete);
    expect(parsePreprocess({ name: "a model", license: "MIT", preprocess: complete })).toEqual(complete);
  });

  test("what is left out has a default", () => {
    expect(parsePreprocess({ resize: { exact: [48, 320] } })).toEqual({
      resize: { exact: [48, 320], interpolation: "bicubic" },
      channelOrder: "rgb",
      scale: 1 / 255,
      mean: [0],
      std: [1],
      layout: "NCHW",
    });
  });

  test.each([
    [{ ...complete, interpolation: "bicubic" }, "interpolation"],
    [{ preprocess: { ...complete, layout: "HWC" } }, "preprocess.layout"],
    [{ ...complete, mean: [1, 2] }, "mean"],
    [{ ...complete, channelOrder: "gray" }, "mean"],
    [{ ...complete, std: [1, 0, 1] }, "std"],
    [{ ...complete, crop: [225, 224] }, "crop"],
    [{ ...complete, crop: [224, -1] }, "crop.1"],
    [{ ...complete, scale: "1" }, "scale"],
    [{ ...complete, resize: { shortest: 224, exact: [224, 224] } }, "resize"],
    [{ ...complete, resize: { exact: [1e9, 1e9] } }, "resize.exact.0"],
    [{ ...complete, resize: { shortest: 0 } }, "resize.shortest"],
    [{ ...complete, resize: { exact: [224] } }, "resize.exact"],
    [{ ...complete, resize: { shortest: 224, interpolation: "nearest" } }, "resize.interpolation"],
    [{ ...complete, resize: "exact" }, "resize"],
    [{ ...complete, mean: [] }, "mean"],
    [{ ...complete, std: [1, Number.NaN, 1] }, "std.1"],
    [{ preprocess: { ...complete, size: 3 } }, "preprocess.size"],
    ["bicubic", "preprocess"],
    [null, "preprocess"],
  ])("refuses %j naming the field %s", (json, field) => {
    const error = refusal(json);
    expect(error.code).toBe("invalid-config");
    expect(error.details["field"]).toBe(field);
    expect(error.message).toContain(field);
  });
});
