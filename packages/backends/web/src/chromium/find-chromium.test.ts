import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium } from "./find-chromium.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "halftone-chromium-"));
  writeFileSync(join(folder, "chromium"), "");
  writeFileSync(join(folder, "google-chrome"), "");
  chmodSync(join(folder, "google-chrome"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

test("finds the first browser on the path that can be executed", () => {
  expect(findChromium({ PATH: ["/nowhere", folder].join(delimiter) })).toBe(join(folder, "google-chrome"));
  expect(findChromium({ PATH: "/nowhere" })).toBeUndefined();
  expect(findChromium({})).toBeUndefined();
});

test("the setting goes before the path", () => {
  expect(findChromium({ HALFTONE_CHROMIUM: "/my/browser", PATH: folder })).toBe("/my/browser");
});

// Without a browser the project "chromium" is left out of the run; this line says so in the summary.
test("tests in a page run", (context) => {
  context.skip(findChromium(process.env) === undefined, "no browser of the Chromium family was found: install chromium, or name one in HALFTONE_CHROMIUM");
});
