import { type Backend, type ModelFiles, QuantError, type Session, type SessionOptions, type Tensors } from "@halftone/core";
import { aborted, throwIfAborted, typesOf } from "@halftone/core/backend";
import type { Page } from "playwright-core";
import { runtimeOptions } from "../session/options.ts";
import type { Provider, RuntimeSettings } from "../session/settings.ts";
import { closeInPage, openInPage, type PageAnswer, runInPage } from "./in-page.ts";
import { type LaunchedPage, type LaunchOptions, launchPage } from "./launch-page.ts";

export interface ChromiumOptions extends Pick<RuntimeSettings, "cpuFallback">, Pick<LaunchOptions, "executable" | "environment"> {}

/** A backend that has to be given back. */
export interface ChromiumBackend extends Backend {
  /** Ends the browser, and with it every session. */
  close(): Promise<void>;
}

/**
 * onnxruntime-web in a real Chromium, driven from Node: what a page would compute, for tests and for the comparison of
 * runtimes. The browser starts on the first use. An abort takes effect behind the run that it interrupts.
 *
 * `open` throws `backend-unavailable` when Chromium, playwright-core, onnxruntime-web or WebGPU is missing.
 */
export function chromiumBackend(provider: Provider, options: ChromiumOptions = {}): ChromiumBackend {
  let launching: Promise<LaunchedPage> | undefined;
  const launched = (): Promise<LaunchedPage> => {
    launching ??= launchWithRuntime(provider, options).catch((error: unknown) => {
      launching = undefined;
      throw error;
    });
    return launching;
  };
  let opened = 0;
  return {
    name: `web-${provider}`,
    open: async (model, sessionOptions) => openSession({ page: (await launched()).page, provider, settings: options }, opened++, model, sessionOptions),
    async close() {
      const page = await launching?.catch(() => undefined);
      launching = undefined;
      await page?.close();
    },
  };
}

async function launchWithRuntime(provider: Provider, options: LaunchOptions): Promise<LaunchedPage> {
  const launched = await launchPage(options);
  try {
    await loadRuntime(launched.page, provider);
    return launched;
  } catch (error) {
    await launched.close();
    throw error;
  }
}

interface Host {
  readonly page: Page;
  readonly provider: Provider;
  readonly settings: RuntimeSettings;
}

async function loadRuntime(page: Page, provider: Provider): Promise<void> {
  const load = `(async () => {
    if (${provider === "webgpu"} && !(await navigator.gpu?.requestAdapter())) return "this browser has no adapter for WebGPU";
    globalThis.runtime = await import("/runtime/ort.${provider}.min.mjs");
    globalThis.runtime.env.logLevel = "fatal";
    globalThis.sessions = new Map();
  })()`;
  const reason = await page.evaluate(load).catch((error: Error) => error.message);
  if (typeof reason !== "string") return;
  throw new QuantError("backend-unavailable", `onnxruntime-web/${provider} cannot be loaded in Chromium: ${reason}.`, { details: { reason } });
}

async function openSession({ page, provider, settings }: Host, id: number, model: ModelFiles, options?: SessionOptions): Promise<Session> {
  const runtime = `onnxruntime-web/${provider}`;
  const request = { id, model: model.model, options: runtimeOptions(provider, settings, model, options) };
  const opened = unwrap(await page.evaluate(openInPage, request), `${runtime} refused the model`);
  const types = typesOf(opened);
  return {
    inputs: opened.inputNames,
    outputs: opened.outputNames,
    describe: (name) => types.get(name),
    async run(feeds, { fetch = opened.outputNames, signal } = {}) {
      throwIfAborted(signal);
      const answer = unwrap(await page.evaluate(runInPage, { id, feeds: Object.entries(feeds), fetch }), `${runtime} refused a run`);
      if (signal?.aborted) throw aborted(signal);
      return Object.fromEntries(answer) as Tensors;
    },
    dispose: () => page.evaluate(closeInPage, id),
  };
}

function unwrap<Value>(answer: PageAnswer<Value>, what: string): Value {
  if ("value" in answer) return answer.value;
  throw new QuantError("backend-failed", `${what}: ${answer.failure}`, { details: { reason: answer.failure } });
}
