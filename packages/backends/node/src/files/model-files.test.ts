import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel, writeModel } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBytes } from "./read-bytes.ts";
import { readModelFiles } from "./read-model-files.ts";
import { pathsOfModel, writeFilesAtomically } from "./write-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "halftone-files-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);
const everything = async () => (await readdir(folder, { recursive: true })).sort();

function modelWithSideFile(location = "weights.bin") {
  const model = buildModel({ inputs: { x: [4] } }, (b, { x }) => ({ y: b.op("Add", [x, b.random([4])]) }));
  return writeModel(model, { externalFrom: 1, externalName: location });
}

describe("readModelFiles", () => {
  test("reads a model, and the side files it names", async () => {
    const files = modelWithSideFile("weights/part.bin");
    await writeFilesAtomically(pathsOfModel(at("model.onnx"), files));
    expect(await everything()).toEqual(["model.onnx", "weights", "weights/part.bin"]);
    const read = await readModelFiles(at("model.onnx"));
    expect(read.external!.get("weights/part.bin")).toEqual(files.external!.get("weights/part.bin"));
    expect(readModel(read).graph.initializers).toHaveLength(1);
    const plain = writeModel(buildModel({ inputs: { x: [4] } }, (b, { x }) => ({ y: b.op("Neg", [x]) })));
    await writeFile(at("plain.onnx"), plain.model);
    expect(await readModelFiles(at("plain.onnx"))).toEqual({ model: plain.model });
  });

  test("a link inside the folder is followed, one that leads out is not", async () => {
    const files = modelWithSideFile();
    await mkdir(at("inside"));
    await writeFile(at("inside", "model.onnx"), files.model);
    await writeFile(at("secret"), files.external!.get("weights.bin")!);
    await symlink(at("secret"), at("inside", "weights.bin"));
    await expect(readModelFiles(at("inside", "model.onnx"))).rejects.toMatchObject({ code: "external-data", message: expect.stringContaining("outside") });
    await rm(at("inside", "weights.bin"));
    await writeFile(at("inside", "real.bin"), files.external!.get("weights.bin")!);
    await symlink("real.bin", at("inside", "weights.bin"));
    expect((await readModelFiles(at("inside", "model.onnx"))).external!.size).toBe(1);
  });

  test.each(["../secret", "/etc/hostname", "a/../../secret"])("a model that names the side file %s is refused", async (location) => {
    const { model } = modelWithSideFile("x".repeat(location.length));
    const bytes = Buffer.from(model);
    bytes.write(location, bytes.indexOf("x".repeat(location.length)), "latin1");
    await writeFile(at("model.onnx"), bytes);
    await expect(readModelFiles(at("model.onnx"))).rejects.toMatchObject({ code: "external-data" });
  });

  test("says what is missing", async () => {
    await expect(readModelFiles(at("none.onnx"))).rejects.toMatchObject({ code: "invalid-model", message: expect.stringContaining("no such file") });
    await expect(readModelFiles(folder)).rejects.toMatchObject({ code: "invalid-model", message: expect.stringContaining("a folder") });
    await writeFile(at("model.onnx"), modelWithSideFile().model);
    await expect(readModelFiles(at("model.onnx"))).rejects.toMatchObject({ code: "external-data", details: { file: "weights.bin" } });
    await writeFile(at("text.onnx"), "this is text");
    await expect(readModelFiles(at("text.onnx"))).rejects.toMatchObject({ code: "invalid-model" });
  });
});

describe("writeFilesAtomically", () => {
  test("replaces files, text and bytes", async () => {
    await writeFile(at("a.json"), "before");
    await writeFilesAtomically(
      new Map<string, string | Uint8Array>([
        [at("a.json"), "äfter"],
        [at("new", "b.bin"), new Uint8Array([1, 2, 3])],
      ]),
    );
    expect(await readFile(at("a.json"), "utf8")).toBe("äfter");
    expect(await readBytes(at("new", "b.bin"))).toEqual(new Uint8Array([1, 2, 3]));
    expect(await everything()).toEqual(["a.json", "new", "new/b.bin"]);
  });

  test("one file that cannot be written leaves all as they were", async () => {
    await writeFile(at("a.json"), "before");
    await writeFile(at("file"), "");
    const files = new Map([
      [at("a.json"), "after"],
      [at("file", "b.json"), "b"],
    ]);
    await expect(writeFilesAtomically(files)).rejects.toMatchObject({ code: "write-failed", details: { file: at("file", "b.json") } });
    expect(await readFile(at("a.json"), "utf8")).toBe("before");
    expect(await everything()).toEqual(["a.json", "file"]);
  });

  test("an abort leaves all as they were", async () => {
    await writeFile(at("a.json"), "before");
    const controller = new AbortController();
    const files = new Map([
      [at("a.json"), new Uint8Array(200_000_000)],
      [at("b.json"), new Uint8Array(200_000_000)],
    ]);
    const writing = writeFilesAtomically(files, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(writing).rejects.toMatchObject({ code: "aborted" });
    expect(await readFile(at("a.json"), "utf8")).toBe("before");
    expect(await everything()).toEqual(["a.json"]);
  });

  test("a full disk is named, and nothing is left behind", async (context) => {
    await mkdir(at("small"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", at("small")], { stdio: "ignore" });
    } catch {
      context.skip("needs the right to mount a small disk");
    }
    try {
      await writeFile(at("small", "model.onnx"), "before");
      const files = new Map([
        [at("small", "plan.json"), new Uint8Array(20_000)],
        [at("small", "model.onnx"), new Uint8Array(100_000)],
      ]);
      await expect(writeFilesAtomically(files)).rejects.toMatchObject({ code: "write-failed", message: expect.stringContaining("disk is full") });
      expect(await readdir(at("small"))).toEqual(["model.onnx"]);
      expect(await readFile(at("small", "model.onnx"), "utf8")).toBe("before");
    } finally {
      execFileSync("umount", [at("small")]);
    }
  });
});
