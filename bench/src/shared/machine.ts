import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";

/** What times and memory depend on, in words. */
export function machineInWords(): string {
  const runtime = createRequire(import.meta.url)("onnxruntime-node/package.json") as { readonly version: string };
  return `${availableParallelism()} cores of ${cpus()[0]?.model ?? "an unknown CPU"}, Node ${process.versions.node}, onnxruntime-node ${runtime.version}`;
}
