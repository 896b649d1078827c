import type { Backend } from "@halftone/core";
import { openSession, turns } from "@halftone/core/backend";
import { hostOf } from "./host.ts";
import { runtimeOptions } from "./options.ts";
import { type LoadRuntime, lazyRuntime } from "./runtime.ts";
import type { Provider, RuntimeSettings } from "./settings.ts";

/** Sessions of onnxruntime-web in the thread that calls. */
export function threadBackend(provider: Provider, load: LoadRuntime, settings: RuntimeSettings): Backend {
  const runtime = lazyRuntime(provider, load, settings);
  const shared = turns();
  return {
    name: `web-${provider}`,
    open: async (model, options) => openSession(hostOf(await runtime(), provider, shared), model, runtimeOptions(provider, settings, model, options)),
  };
}
