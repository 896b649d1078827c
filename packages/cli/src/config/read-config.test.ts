import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "./read-config.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown) {
  const path = join(folder, "halftone.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return readConfig(path);
}

test("reads every field", async () => {
  const config = {
    plugins: ["./mine.js"],
    method: "min-max",
    methodOptions: { percentile: 99.9 },
    target: "node-cpu-vnni",
    bits: "W6A8",
    scheme: "symmetric",
    granularity: "tensor",
    activations: { dtype: "uint16" },
    weights: { bits: 7 },
    overrides: [{ match: "head.*", float: true }],
    exclude: ["stem"],
    samples: 64,
    seed: 3,
    tolerance: 0.5,
    autoExclude: 15,
  };
  expect(await read(config)).toEqual(config);
});

describe("refuses", () => {
  test.each([
    ["a misspelt field", { sheme: "symmetric" }, /unknown field "sheme"\. Did you mean "scheme"\?/, "sheme"],
    [
      "a misspelt field further in",
      { activations: { granularty: "tensor" } },
      /"activations\.granularty"\. Did you mean "granularity"\?/,
      "activations.granularty",
    ],
    ["a misspelt field of a list", { overrides: [{ match: "a", flaot: true }] }, /"overrides\.0\.flaot"\. Did you mean "float"\?/, "overrides.0.flaot"],
    ["a strange field", { colour: 3 }, /unknown field "colour"\. Known: .*scheme/, "colour"],
    ["a value out of range", { weights: { bits: 1 } }, /field weights\.bits:/, "weights.bits"],
    ["bits of another form", { bits: "8" }, /field bits: must be of the form "w8a8"/, "bits"],
    ["a list", [], /field \(root\)/, "(root)"],
  ])("%s", async (_, content, message, field) => {
    await expect(read(content)).rejects.toMatchObject({ code: "invalid-config", message: expect.stringMatching(message), details: { field } });
  });

  test("what is not JSON, and what is not there", async () => {
    await expect(read("{ bits: w8a8 }")).rejects.toMatchObject({ code: "invalid-config", message: expect.stringContaining("is not JSON") });
    await expect(readConfig(join(folder, "nowhere.json"))).rejects.toMatchObject({
      code: "invalid-config",
      message: expect.stringContaining("does not exist"),
    });
  });
});
