import { describe, expect, test } from "vitest";
import { digest, testImage } from "./fixtures/test-image.ts";
import { imageTensor } from "./image-tensor.ts";
import { parsePreprocess } from "./preprocess.ts";

const bytes = { scale: 1, layout: "NHWC" } as const;

describe("imageTensor", () => {
  test("shortest side and centre crop give Pillow's pixels", () => {
    const tensor = imageTensor(testImage(64, 48), parsePreprocess({ ...bytes, resize: { shortest: 24 }, crop: [20, 15] }));
    expect(tensor.shape).toEqual([1, 20, 15, 3]);
    expect(digest(tensor.data as Float32Array)).toBe(2094339893);
  });

  test("gray is Pillow's luminance", () => {
    for (const channels of [3, 4] as const) {
      const tensor = imageTensor(testImage(64, 48, channels), parsePreprocess({ ...bytes, channelOrder: "gray" }));
      expect(tensor.shape).toEqual([1, 48, 64, 1]);
      expect(digest(tensor.data as Float32Array)).toBe(3531140773);
    }
  });

  test("channel order, layout, scale, mean and std", () => {
    const image = { width: 2, height: 1, channels: 3 as const, data: new Uint8Array([10, 20, 30, 40, 50, 60]) };
    const options = { channelOrder: "bgr", scale: 0.5, mean: [1, 2, 3], std: [1, 2, 4] } as const;
    const planar = imageTensor(image, parsePreprocess({ ...options, layout: "NCHW" }));
    expect(planar.shape).toEqual([1, 3, 1, 2]);
    expect([...(planar.data as Float32Array)]).toEqual([14, 29, 4, 11.5, 0.5, 4.25]);
    const interleaved = imageTensor(image, parsePreprocess({ ...options, layout: "NHWC" }));
    expect([...(interleaved.data as Float32Array)]).toEqual([14, 4, 0.5, 29, 11.5, 4.25]);
  });

  test("a grey image fills all channels, alpha is dropped", () => {
    const grey = imageTensor({ width: 1, height: 1, channels: 1, data: new Uint8Array([7]) }, parsePreprocess(bytes));
    expect([...(grey.data as Float32Array)]).toEqual([7, 7, 7]);
    const translucent = imageTensor({ width: 1, height: 1, channels: 4, data: new Uint8Array([1, 2, 3, 0]) }, parsePreprocess(bytes));
    expect([...(translucent.data as Float32Array)]).toEqual([1, 2, 3]);
  });

  test("refuses pixels that do not fit the size, and images smaller than the crop", () => {
    const short = { width: 4, height: 4, channels: 3 as const, data: new Uint8Array(47) };
    for (const [image, preprocess] of [
      [short, bytes],
      [testImage(8, 8), { ...bytes, crop: [9, 8] }],
    ] as const) {
      expect(() => imageTensor(image, parsePreprocess(preprocess))).toThrow(expect.objectContaining({ name: "QuantError", code: "invalid-data" }));
    }
  });
});
