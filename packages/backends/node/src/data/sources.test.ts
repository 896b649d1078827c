import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePreprocess, type Tensors } from "@halftone/core";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { npyFile, zipOf } from "./fixtures/array-files.ts";
import { imageFolder } from "./image-folder.ts";
import { jsonLines } from "./json-lines.ts";
import { npyFolder } from "./npy-folder.ts";
import { openSource } from "./open-source.ts";
import type { SampleSkipped, SampleSource } from "./sample-source.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-data-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);
const preprocess = parsePreprocess({ resize: { exact: [4, 4] }, scale: 1, layout: "NHWC" });
const options = { input: "x", preprocess };

async function drain(source: SampleSource): Promise<Tensors[]> {
  const feeds: Tensors[] = [];
  for await (const feed of source) feeds.push(feed);
  return feeds;
}

const picture = (red: number, width = 8, height = 6) => sharp({ create: { width, height, channels: 3, background: { r: red, g: 20, b: 30 } } });
const firstPixel = (feed: Tensors) => [...(feed["x"]!.data as Float32Array).subarray(0, 3)];

async function addPictures(...names: string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await mkdir(join(at(name), ".."), { recursive: true });
    await picture(index * 10)
      .png()
      .toFile(at(name));
  }
}

describe("imageFolder", () => {
  test("yields every image of the folder and its subfolders in order of name, again and again", async () => {
    await addPictures("b.png", "a.PNG", "sub/c.png", ".hidden.png");
    await writeFile(at("notes.txt"), "no image");
    const source = await imageFolder(folder, options);
    expect(source.names).toEqual(["a.PNG", "b.png", "sub/c.png"]);
    expect(source.batches).toBe(3);
    for (let pass = 0; pass < 2; pass++)
      expect((await drain(source)).map(firstPixel)).toEqual([
        [10, 20, 30],
        [0, 20, 30],
        [20, 20, 30],
      ]);
    expect((await drain(source))[0]!["x"]!.shape).toEqual([1, 4, 4, 3]);
  });

  test("a corrupt image among good ones is left out, once told, and the names follow", async () => {
    await addPictures("a.png", "c.png");
    await writeFile(at("b.jpg"), "not a picture");
    const whole = await picture(9, 64, 64).jpeg().toBuffer();
    await writeFile(at("d.jpg"), whole.subarray(0, whole.length / 2));
    const skipped: SampleSkipped[] = [];
    const source = await imageFolder(folder, { ...options, onSkip: (event) => skipped.push(event) });
    for (let pass = 0; pass < 2; pass++) {
      expect(await drain(source)).toHaveLength(2);
      expect([source.nameOf(0), source.nameOf(1), source.nameOf(2)]).toEqual(["a.png", "c.png", undefined]);
    }
    expect(skipped.map(({ sample }) => sample)).toEqual(["b.jpg", "d.jpg"]);
    expect(skipped[0]).toMatchObject({ type: "sample-skipped", reason: expect.stringContaining("cannot be decoded") });
    expect(source.batches).toBe(2);
  });

  test("no image, and none that is usable, name the folder", async () => {
    await expect(imageFolder(folder, options)).rejects.toMatchObject({ code: "empty-calibration", message: expect.stringContaining(folder) });
    await writeFile(at("a.jpg"), "not a picture");
    const source = await imageFolder(folder, options);
    await expect(drain(source)).rejects.toMatchObject({ code: "empty-calibration", message: expect.stringContaining(folder) });
    await expect(imageFolder(at("nowhere"), options)).rejects.toMatchObject({ code: "invalid-data", message: expect.stringContaining("no such folder") });
  });

  test("grey, translucent, sixteen-bit, rotated and profiled images arrive as 8-bit RGB, upright", async () => {
    await picture(200).greyscale().png().toFile(at("1-grey.png"));
    await sharp({ create: { width: 8, height: 6, channels: 4, background: { r: 10, g: 20, b: 30, alpha: 0.5 } } })
      .png()
      .toFile(at("2-alpha.png"));
    await picture(255).toColourspace("rgb16").png().toFile(at("3-sixteen.png"));
    const half = await picture(250, 8, 8)
      .composite([{ input: { create: { width: 8, height: 4, channels: 3, background: "#00f" } }, gravity: "south" }])
      .png()
      .toBuffer();
    await sharp(half).withMetadata({ orientation: 3 }).jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toFile(at("4-upside-down.jpg"));
    await picture(10).withIccProfile("p3").png().toFile(at("5-profile.png"));
    const feeds = await drain(await imageFolder(folder, options));
    expect(feeds.map(({ x }) => x!.shape)).toEqual(Array(5).fill([1, 4, 4, 3]));
    const [grey, alpha, sixteen, rotated, profile] = feeds.map(firstPixel);
    expect(new Set(grey)).toHaveProperty("size", 1);
    expect(alpha).toEqual([10, 20, 30]);
    expect(sixteen![0]).toBe(255);
    expect(rotated![2]).toBeGreaterThan(200);
    const stored = await sharp(at("5-profile.png"), { ignoreIcc: true }).raw().toBuffer();
    expect(profile).toEqual([...stored.subarray(0, 3)]);
  });

  test("limit draws by seed, keeps the order, and changes the identity", async () => {
    await addPictures(...Array.from({ length: 12 }, (_, index) => `${String.fromCharCode(97 + index)}.png`));
    const names = async (more: object) => (await imageFolder(folder, { ...options, ...more })).names;
    const five = await names({ limit: 5, seed: 3 });
    expect(five).toHaveLength(5);
    expect([...five].sort()).toEqual(five);
    expect(await names({ limit: 5, seed: 3 })).toEqual(five);
    expect(await names({ limit: 5, seed: 4 })).not.toEqual(five);
    expect(await names({ limit: 50 })).toHaveLength(12);
    const id = async (more: object) => (await imageFolder(folder, { ...options, ...more })).id;
    const ids = [await id({}), await id({ limit: 5 }), await id({ input: "y" }), await id({ preprocess: parsePreprocess({ resize: { exact: [4, 5] } }) })];
    expect(new Set(ids).size).toBe(4);
    expect(await id({})).toBe(ids[0]);
  });

  test("pick takes samples by position", async () => {
    await addPictures("a.png", "b.png", "c.png");
    const source = await imageFolder(folder, options);
    const picked = source.pick([2, 0]);
    expect(picked.names).toEqual(["c.png", "a.png"]);
    expect((await drain(picked)).map(firstPixel)).toEqual([
      [20, 20, 30],
      [0, 20, 30],
    ]);
    expect(picked.nameOf(0)).toBe("c.png");
    expect(picked.id).not.toBe(source.id);
  });

  test("a signal that fires ends the iteration", async () => {
    await addPictures("a.png", "b.png");
    const controller = new AbortController();
    const source = await imageFolder(folder, { ...options, signal: controller.signal });
    await expect(
      (async () => {
        for await (const _ of source) controller.abort("enough");
      })(),
    ).rejects.toMatchObject({ code: "aborted", cause: "enough" });
  });

  test("without sharp, says what to install", async () => {
    await addPictures("a.png");
    const missing = async () => {
      throw new Error("Cannot find package 'sharp'");
    };
    await expect(imageFolder(folder, { ...options, sharp: missing })).rejects.toMatchObject({
      code: "backend-unavailable",
      message: expect.stringContaining("npm install sharp"),
    });
  });
});

describe("npyFolder", () => {
  test("an .npy file is one input, an .npz file names its inputs", async () => {
    await writeFile(at("a.npy"), npyFile("<f4", [2], new Float32Array([1, 2])));
    await writeFile(at("b.npz"), zipOf({ "x.npy": npyFile("<f4", [2], new Float32Array([3, 4])), "mask.npy": npyFile("<i8", [1], new BigInt64Array([5n])) }));
    const feeds = await drain(await npyFolder(folder, { input: "x" }));
    expect(feeds).toEqual([
      { x: { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) } },
      { x: { dtype: "float32", shape: [2], data: new Float32Array([3, 4]) }, mask: { dtype: "int64", shape: [1], data: new BigInt64Array([5n]) } },
    ]);
  });

  test("leaves out files that are not what they claim to be", async () => {
    await writeFile(at("a.npy"), "text");
    await writeFile(at("b.npz"), "text");
    await writeFile(at("c.npz"), zipOf({ "readme.txt": new Uint8Array([1]) }));
    await writeFile(at("d.npy"), npyFile("<f4", [1], new Float32Array([7])));
    const skipped: SampleSkipped[] = [];
    expect(await drain(await npyFolder(folder, { input: "x", onSkip: (event) => skipped.push(event) }))).toHaveLength(1);
    expect(skipped.map(({ sample }) => sample)).toEqual(["a.npy", "b.npz", "c.npz"]);
  });
});

describe("jsonLines", () => {
  test("lines are paths, or objects of paths and tensors", async () => {
    await addPictures("a.png");
    await writeFile(at("v.npy"), npyFile("<f4", [1], new Float32Array([7])));
    const tensor = { dtype: "int64", shape: [2], data: [1, 2] };
    await writeFile(
      at("list.jsonl"),
      `"a.png"\n\n${JSON.stringify({ y: "v.npy", mask: tensor })}\r\n${JSON.stringify({ x: "a.png", y: { shape: [], data: [0.5] } })}\n`,
    );
    const source = await jsonLines(at("list.jsonl"), options);
    expect(source.names).toEqual(["a.png", "line 3", "line 4"]);
    const feeds = await drain(source);
    expect(firstPixel(feeds[0]!)).toEqual([0, 20, 30]);
    expect(feeds[1]).toEqual({
      y: { dtype: "float32", shape: [1], data: new Float32Array([7]) },
      mask: { dtype: "int64", shape: [2], data: new BigInt64Array([1n, 2n]) },
    });
    expect(feeds[2]!["y"]).toEqual({ dtype: "float32", shape: [], data: new Float32Array([0.5]) });
    expect(firstPixel(feeds[2]!)).toEqual([0, 20, 30]);
  });

  test("lines that cannot be used are left out with the reason", async () => {
    const bad = [
      { x: { shape: [2], data: [1] } },
      { x: { dtype: "float8", shape: [1], data: [1] } },
      { x: { dtype: "int64", shape: [1], data: [0.5] } },
      { x: { shape: [1], data: ["1"] } },
      { x: null },
      5,
      "missing.npy",
      "what.bin",
    ];
    const good = { x: { shape: [1], data: [1] } };
    await writeFile(at("list.jsonl"), [...bad, good].map((line) => JSON.stringify(line)).join("\n"));
    const skipped: SampleSkipped[] = [];
    expect(await drain(await jsonLines(at("list.jsonl"), { input: "x", onSkip: (event) => skipped.push(event) }))).toHaveLength(1);
    expect(skipped).toHaveLength(bad.length);
  });

  test("a line that is no JSON, and an image without preprocessing, end it", async () => {
    await writeFile(at("list.jsonl"), '"a.png"\nnot json\n');
    await expect(jsonLines(at("list.jsonl"), options)).rejects.toMatchObject({ code: "invalid-data", details: { line: 2 } });
    await addPictures("a.png");
    await writeFile(at("list.jsonl"), '"a.png"\n');
    await expect(drain(await jsonLines(at("list.jsonl"), { input: "x" }))).rejects.toMatchObject({ code: "invalid-config" });
  });
});

describe("openSource", () => {
  test("chooses by what is there", async () => {
    await addPictures("images/a.png");
    await mkdir(at("arrays"));
    await writeFile(at("arrays", "a.npy"), npyFile("<f4", [1], new Float32Array([1])));
    await writeFile(at("list.jsonl"), '"images/a.png"\n');
    for (const path of [at("images"), at("arrays"), at("list.jsonl")]) expect(await drain(await openSource(path, options))).toHaveLength(1);
  });

  test("refuses what it cannot open, saying why", async () => {
    await addPictures("mixed/a.png", "images/a.png");
    await writeFile(at("mixed", "a.npy"), npyFile("<f4", [1], new Float32Array([1])));
    await mkdir(at("nothing"));
    await expect(openSource(at("mixed"), options)).rejects.toMatchObject({ code: "invalid-data", message: expect.stringContaining("both") });
    await expect(openSource(at("nothing"), options)).rejects.toMatchObject({ code: "empty-calibration" });
    await expect(openSource(at("nothing"), { input: "x" })).rejects.toMatchObject({ code: "empty-calibration" });
    await expect(openSource(at("nowhere"), options)).rejects.toMatchObject({ code: "invalid-data" });
    await expect(openSource(at("mixed", "a.png"), options)).rejects.toMatchObject({ code: "invalid-data" });
    await expect(openSource(at("images"), { input: "x" })).rejects.toMatchObject({ code: "invalid-config", details: { field: "preprocess" } });
  });
});
