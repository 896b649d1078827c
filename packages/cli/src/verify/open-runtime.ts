import { type Backend, QuantError, type Registry } from "@halftone/core";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { chromiumBackend } from "@halftone/web/chromium";

/** The runtime that a target stands for, on this machine. */
export interface Runtime {
  readonly target: string;
  /** Tried in turn until one opens the model: the first allows least. */
  readonly stages: readonly { readonly backend: Backend; readonly note?: string }[];
  close(): Promise<void>;
}

/** @throws `unknown-name` for a target without a runtime here, `backend-unavailable` for one of another machine. */
export async function openRuntime(name: string, registry: Registry): Promise<Runtime> {
  const target = (await registry.target(name)).name;
  if (target.startsWith("node-")) {
    await checkCpu(target);
    return { target, stages: [{ backend: nodeBackend() }], close: async () => {} };
  }
  const inBrowser = browserStages(target);
  if (inBrowser) {
    const close = async () => {
      for (const { backend } of inBrowser) await backend.close();
    };
    return { target, stages: inBrowser, close };
  }
  if (registry.names().backends.includes(target)) return { target, stages: [{ backend: registry.backend(target) }], close: async () => {} };
  throw new QuantError("unknown-name", `No runtime for ${target} can be started here; a plugin brings one as a backend of the same name.`, {
    details: { name: target, kind: "backend" },
  });
}

function browserStages(target: string) {
  if (target.startsWith("web-wasm")) return [{ backend: chromiumBackend("wasm") }];
  if (target !== "web-webgpu") return undefined;
  return [
    { backend: chromiumBackend("webgpu", { cpuFallback: false }) },
    { backend: chromiumBackend("webgpu"), note: "parts of the model run on the processor: WebGPU has no kernels for them" },
  ];
}

/** What another CPU computes cannot be found out on this one. */
async function checkCpu(target: string): Promise<void> {
  const { name } = await nodeTarget();
  if (name === target) return;
  throw new QuantError("backend-unavailable", `${target} is another CPU than this machine's, which is ${name}; run the comparison on such a machine.`, {
    details: { target, machine: name },
  });
}
