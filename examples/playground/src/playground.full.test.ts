import { readFile } from "node:fs/promises";
import { parsePlan } from "@halftone/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classifierBytes, classNames, pictureFiles } from "./fixtures/classifier.ts";
import { browserPath, openPage, out, type Served, servePage } from "./fixtures/open-page.ts";

/** A busy machine is slow, not wrong. */
const patience = { timeout: 150_000 };

describe.skipIf(!browserPath)("the page (needs a browser of the Chromium family on the path or in HALFTONE_CHROMIUM)", patience, () => {
  let served: Served;
  beforeAll(async () => {
    served = await servePage();
  }, 120_000);
  afterAll(() => served?.close());

  test("the sample: quantized, compared, looked at and downloaded", async () => {
    const { page, complaints } = await openPage(served, { viewport: { width: 1200, height: 900 }, colorScheme: "light" });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByRole("button", { name: "Use the sample" }).click();
    await page.getByLabel("Pictures to calibrate with").fill("8");
    await page.screenshot({ path: `${out}start-light.png`, fullPage: true });
    await page.getByRole("button", { name: "Quantize" }).click();
    await page.getByText(/\d+ of 8, .* left in this step/).waitFor(patience);
    await page.screenshot({ path: `${out}progress-light.png` });
    await page.getByRole("heading", { name: "Before and after" }).waitFor(patience);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Before and after");

    const ratio = /([\d.]+) of the float size/.exec((await page.getByRole("row", { name: /^Size/ }).textContent()) ?? "")?.[1];
    expect(Number(ratio)).toBeLessThan(0.4);
    const characters = await page
      .getByRole("row", { name: /^Characters read right/ })
      .getByRole("cell")
      .allTextContents();
    for (const share of characters.slice(0, 2)) expect(Number.parseFloat(share)).toBeGreaterThan(80);
    expect(await page.getByRole("img", { name: /./ }).count()).toBeGreaterThanOrEqual(8);

    const session = await InferenceSession.create(await download(page, "model"));
    const outputs = await session.run({ x: new Tensor("float32", new Float32Array(3 * 48 * 320), [1, 3, 48, 320]) });
    expect(outputs[session.outputNames[0]!]?.dims).toEqual([1, 40, 6625]);
    expect(parsePlan((await download(page, "plan")).toString()).method).toBe("min-max");
    expect((await download(page, "report")).toString()).toMatch(/^<!doctype html>/);

    await page.getByRole("table", { name: /Error per layer/ }).waitFor(patience);
    expect(
      await page
        .getByRole("table", { name: /Error per layer/ })
        .getByRole("row")
        .count(),
    ).toBe(25);
    expect((await download(page, "report")).toString()).toContain("What each layer costs");

    await page.getByRole("button", { name: "Show histogram" }).click();
    await page.getByRole("img", { name: /^Histogram of / }).waitFor(patience);
    await page.screenshot({ path: `${out}results-light.png`, fullPage: true });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: `${out}results-dark.png`, fullPage: true });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.screenshot({ path: `${out}results-phone.png`, fullPage: true });
    expect(await overhang(page)).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("cancelled, it stops at once, and can start again", async () => {
    const { page, complaints } = await openPage(served);
    await page.getByRole("button", { name: "Use the sample" }).click();
    await page.getByRole("button", { name: "Quantize" }).click();
    await page.getByText(/Calibrating on the pictures: \d+ of 16/).waitFor(patience);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
    await page.keyboard.press("Enter");
    await page.getByText("Cancelled. Nothing was kept.").waitFor();
    await expect.poll(() => page.getByRole("status").textContent()).toBe("Quantization was cancelled.");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Quantize");
    expect(await page.getByRole("heading", { name: "Before and after" }).isVisible()).toBe(false);
    await page.getByLabel("Pictures to calibrate with").fill("1");
    await page.getByRole("button", { name: "Quantize" }).click();
    await page.getByRole("heading", { name: "Before and after" }).waitFor(patience);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a classifier of one's own, by keyboard alone, on a phone", async () => {
    const { page, complaints } = await openPage(served, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    // Asked for early: the browser must know that dialogs are answered here before one opens.
    const dialog = page.waitForEvent("filechooser");
    await tabTo(page, "files");
    await page.keyboard.press("Enter");
    const chooser = await dialog;
    const labels = { name: "names.txt", mimeType: "text/plain", buffer: Buffer.from(classNames.join("\n")) };
    await chooser.setFiles([{ name: "small.onnx", mimeType: "", buffer: classifierBytes() }, labels, ...(await pictureFiles(6))]);
    await page.getByText("Chosen: model small.onnx, 6 pictures, class names from names.txt.").waitFor();
    await page.screenshot({ path: `${out}upload-phone.png`, fullPage: true });
    expect(await overhang(page)).toBe(0);
    await tabTo(page, "How a picture becomes the model's input");
    await page.keyboard.press("Enter");
    expect(await page.getByLabel("Crop height").inputValue()).toBe("32");
    await tabTo(page, "Quantize");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Before and after" }).waitFor(patience);
    const answers = page.getByRole("table", { name: "What both models see" });
    for (const row of (await answers.getByRole("row").all()).slice(1)) expect(await row.textContent()).toMatch(/(ant|bee|cat|dog|elk): -?\d/);
    await page.getByRole("table", { name: /Error per layer/ }).waitFor(patience);
    await tabTo(page, "Show histogram");
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: /^Histogram of pixels/ }).waitFor(patience);
    await page.getByLabel("Tensor", { exact: true }).selectOption("first_w");
    await page.getByRole("button", { name: "Show histogram" }).click();
    await page.getByText(/Shown is one channel with its grid, the coarsest, number \d+ of 16/).waitFor(patience);
    await page.getByLabel("Channel", { exact: true }).fill("3");
    await page.getByRole("button", { name: "Show histogram" }).click();
    await page.getByText(/number 3 of 16/).waitFor(patience);
    await page.screenshot({ path: `${out}channel-phone.png`, fullPage: true });
    await page.getByLabel("Tensor", { exact: true }).selectOption({ label: "first_b (no grid)" });
    expect(await page.getByLabel("Channel", { exact: true }).isVisible()).toBe(false);
    await page.getByRole("button", { name: "Show histogram" }).click();
    await page.getByText(/The plan gives them no grid/).waitFor(patience);
    await page.screenshot({ path: `${out}classifier-phone.png`, fullPage: true });
    expect(await overhang(page)).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("what cannot be used is said, with what to do", async () => {
    const { page } = await openPage(served);
    await page.getByLabel("Choose files").setInputFiles([{ name: "broken.onnx", mimeType: "", buffer: Buffer.from("no model") }]);
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/model/);
    expect(await page.getByRole("button", { name: "Quantize" }).isDisabled()).toBe(true);
    await page.context().close();
  });
});

async function download(page: Page, what: string): Promise<Buffer> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Download the ${what}` }).click()]);
  return readFile(await saved.path());
}

/** Presses Tab until the element of that id or text has the focus. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => [document.activeElement?.id, document.activeElement?.textContent]);
    if (focused.includes(wanted)) return;
  }
  expect.unreachable(`Tab does not reach "${wanted}"`);
}

/** By how many pixels the page is wider than its window. */
function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
