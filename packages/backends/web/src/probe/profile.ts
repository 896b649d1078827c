import type { ModelFiles, Tensors } from "@halftone/core";
import { tensorBridge, turns } from "@halftone/core/backend";
import { hostOf } from "../session/host.ts";
import { runtimeOptions } from "../session/options.ts";
import type { LoadRuntime, OnnxRuntime } from "../session/runtime.ts";
import type { Provider } from "../session/settings.ts";

/** An operator that the runtime executed, and what executed it. */
export interface ExecutedKernel {
  readonly op: string;
  readonly provider: string;
}

export interface Profiler {
  readonly load: LoadRuntime;
  /** What one run of the model executes, in order. */
  profile(model: ModelFiles, feeds: Tensors): Promise<readonly ExecutedKernel[]>;
}

/**
 * The runtime cannot show its optimized model in a page, but it profiles: it prints a line of JSON for every kernel. It
 * keeps the console's function from when it is loaded, so the listener must be there first.
 */
export function profiler(provider: Provider, load: LoadRuntime): Profiler {
  const print = console.log;
  let lines: string[] | undefined;
  console.log = (...words: unknown[]) => (lines ? void lines.push(String(words[0])) : print(...words));
  return {
    load,
    async profile(model, feeds) {
      const runtime = await load();
      const session = await runtime.InferenceSession.create(model.model, { ...runtimeOptions(provider, {}, model), enableProfiling: true });
      lines = [];
      try {
        await session.run(inputsOf(runtime, provider, feeds));
        // Not part of the runtime's public types, which every session of it has nevertheless.
        (session as unknown as { endProfiling(): void }).endProfiling();
        return lines.flatMap(kernelOf);
      } finally {
        lines = undefined;
        await session.release();
      }
    },
  };
}

function inputsOf(runtime: OnnxRuntime, provider: Provider, feeds: Tensors) {
  const tensors = tensorBridge(hostOf(runtime, provider, turns()));
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensors.toRuntime(name, tensor)]));
}

/** A line of the profile: an event, and perhaps the comma behind it. */
function kernelOf(line: string): readonly ExecutedKernel[] {
  if (!line.startsWith("{")) return [];
  const event = JSON.parse(line.replace(/,$/, "")) as { readonly cat: string; readonly args: { readonly op_name?: string; readonly provider?: string } };
  const { op_name, provider } = event.args;
  return event.cat === "Node" && op_name && provider ? [{ op: op_name, provider }] : [];
}
