import { type Backend, QuantError } from "@halftone/core";
import { loadOnce, type OnnxRuntime, openSession } from "@halftone/core/backend";
import { runOptions, runtimeOptions } from "./session/options.ts";
import type { MobileProvider } from "./session/provider.ts";

export interface MobileBackendOptions {
  /** How the runtime is loaded, on the first use: `() => import("onnxruntime-react-native")`. */
  readonly runtime: () => Promise<OnnxRuntime>;
  /** Execution providers in order of preference. Default: the CPU alone, whose answers calibration can rely on. */
  readonly providers?: readonly MobileProvider[];
}

/**
 * Sessions of onnxruntime-react-native, or of any module with the interface of onnxruntime-common, in the app's process: a
 * run is computed on a thread of the runtime and does not block the app; a signal takes effect behind it.
 */
export function mobileBackend({ runtime, providers = ["cpu"] }: MobileBackendOptions): Backend {
  const load = loadOnce(runtime, unavailable);
  return {
    name: "mobile",
    open: async (model, options) =>
      openSession({ runtime: await load(), name: "onnxruntime-react-native", runOptions }, model, runtimeOptions(providers, model, options)),
  };
}

function unavailable(cause: unknown): QuantError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `onnxruntime-react-native cannot be loaded in this app: ${reason}. Install it, and build the app anew: it is native code, which Expo Go does not hold.`;
  return new QuantError("backend-unavailable", message, { details: { runtime: "onnxruntime-react-native", reason }, cause });
}
