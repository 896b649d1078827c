import { createRequire } from "node:module";
import { dirname } from "node:path";
import { QuantError } from "@halftone/core";
import type { Browser, Page } from "playwright-core";
import { chromiumArguments, type Environment, findChromium } from "./find-chromium.ts";
import { type Served, serve } from "./serve.ts";

export interface LaunchOptions extends Served {
  /** The browser. Default: the one that `HALFTONE_CHROMIUM` names, or the first of the Chromium family on the path. */
  readonly executable?: string;
  /** Default: that of the process. */
  readonly environment?: Environment;
}

/** An empty, cross-origin isolated page of a headless Chromium, with the files of onnxruntime-web below `/runtime/`. */
export interface LaunchedPage {
  readonly page: Page;
  /** Ends the browser and its server. */
  close(): Promise<void>;
}

/** @throws `backend-unavailable` when Chromium, playwright-core or onnxruntime-web is not installed. */
export async function launchPage({ executable, environment = process.env, folders, files }: LaunchOptions = {}): Promise<LaunchedPage> {
  const executablePath = executable ?? findChromium(environment);
  if (executablePath === undefined)
    throw unavailable("no browser of the Chromium family is on the path", "Install chromium, or name a browser in HALFTONE_CHROMIUM.");
  const { chromium } = await playwright();
  const server = await serve({ folders: { ...folders, "/runtime/": runtimeFolder() }, ...(files && { files }) });
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ executablePath, args: [...chromiumArguments], headless: true });
    const page = await browser.newPage();
    await page.goto(server.origin);
    const launched = browser;
    return { page, close: () => launched.close().finally(() => server.close()) };
  } catch (cause) {
    await browser?.close();
    await server.close();
    throw unavailable(`${executablePath} could not be started: ${(cause as Error).message}`, "Name another browser in HALFTONE_CHROMIUM.", cause);
  }
}

async function playwright(): Promise<typeof import("playwright-core")> {
  try {
    return await import("playwright-core");
  } catch (cause) {
    throw unavailable("playwright-core, which starts the browser, is not installed", 'Install it with "npm install playwright-core".', cause);
  }
}

function runtimeFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  } catch (cause) {
    throw unavailable("onnxruntime-web is not installed", 'Install it with "npm install onnxruntime-web".', cause);
  }
}

function unavailable(reason: string, advice: string, cause?: unknown): QuantError {
  return new QuantError("backend-unavailable", `A model cannot be run in a browser: ${reason}. ${advice}`, { details: { reason }, cause });
}
