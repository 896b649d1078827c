import { imageTensor, parsePreprocess, type Tensor } from "@halftone/core";
import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import { type DrawableElement, decodeImage, type ImageSource } from "./decode.ts";
import { images } from "./images.ts";

const [width, height] = [37, 23];
const preprocess = { resize: { shortest: 16, interpolation: "bicubic" }, crop: [16, 16], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Noise over a gradient, opaque: a picture that no resize leaves as it is. */
function pixels(): ImageData {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set([(i * 7) % 256, (i >> 3) % 256, (i * i) % 251, 255], i);
  return new ImageData(data, width, height);
}

function canvas(): OffscreenCanvas {
  const drawn = new OffscreenCanvas(width, height);
  drawn.getContext("2d")!.putImageData(pixels(), 0, 0);
  return drawn;
}

const kinds: Readonly<Record<string, () => Promise<ImageSource>>> = {
  "a file": async () => new File([await canvas().convertToBlob()], "noise.png"),
  "a blob": () => canvas().convertToBlob(),
  ImageData: async () => pixels(),
  "an ImageBitmap": () => createImageBitmap(pixels()),
  "a canvas": async () => canvas(),
  "a video frame": async () => new VideoFrame(canvas(), { timestamp: 0 }),
  "an image element": async () => {
    const page = globalThis as unknown as { readonly Image: new () => DrawableElement & { src: string; decode(): Promise<void> } };
    const element = new page.Image();
    element.src = URL.createObjectURL(await canvas().convertToBlob());
    await element.decode();
    return element;
  },
};

test.each(Object.keys(kinds))("%s gives the pixels that are in it, and stays the caller's", async (kind) => {
  const source = await kinds[kind]!();
  for (let time = 0; time < 2; time++) {
    const image = await decodeImage(source);
    expect([image.width, image.height, image.channels]).toEqual([width, height, 4]);
    expect(Array.from(image.data)).toEqual(Array.from(pixels().data));
  }
});

test("from the pixels on, the page computes what Node computes, bit for bit", async () => {
  const [tensor] = await collect(images([await canvas().convertToBlob()], { input: "x", preprocess: parsePreprocess(preprocess) }));
  const node = await commands.onNode<readonly number[]>(
    "/packages/backends/web/src/data/fixtures/tensor-on-node.ts",
    Array.from(pixels().data),
    width,
    height,
    preprocess,
  );
  expect(tensor!.shape).toEqual([1, 3, 16, 16]);
  expect(Array.from(tensor!.data as Float32Array)).toEqual(node);
});

test("a picture that cannot be decoded is left out and told of once; without any left it is an error", async () => {
  const skipped: string[] = [];
  const broken = new File(["no picture"], "broken.png");
  const source = images([broken, pixels()], { input: "x", preprocess: parsePreprocess(preprocess), onSkip: ({ sample }) => skipped.push(sample) });
  expect(await collect(source)).toEqual([imageTensor(await decodeImage(pixels()), parsePreprocess(preprocess))]);
  expect(source.batches).toBe(1);
  await collect(source);
  expect(skipped).toEqual(["broken.png (10 bytes)"]);
  await expect(collect(images([broken], { input: "x", preprocess: parsePreprocess(preprocess) }))).rejects.toMatchObject({ code: "empty-calibration" });
  expect(() => images([], { input: "x", preprocess: parsePreprocess(preprocess) })).toThrow(/list is empty/);
});

async function collect(source: ReturnType<typeof images>): Promise<readonly Tensor[]> {
  const tensors: Tensor[] = [];
  for await (const sample of source) tensors.push(sample["x"]!);
  return tensors;
}
