import { type Backend, type ModelFiles, QuantError } from "@halftone/core";
import { memoryLimit } from "./limit.ts";
import { type MemoryNeeds, memoryNeeds } from "./needs.ts";

/** A backend that refuses, before it starts, what would not fit: running out of memory would take the page along. */
export function withMemoryGuard(backend: Backend, limit: number = memoryLimit()): Backend {
  return {
    ...backend,
    async open(files, options) {
      const model = taken(files);
      const needs = needsOf(model);
      check(needs?.opening ?? 0, limit, "Opening this model", "Quantize a smaller model in the page, or this one on Node");
      const session = await backend.open(model, options);
      return {
        ...session,
        async run(feeds, runOptions) {
          check(
            needs?.running(feeds, session.describe) ?? 0,
            limit,
            "A run of this model with these inputs",
            "Use smaller batches or smaller inputs, or run it on Node",
          );
          return session.run(feeds, runOptions);
        },
      };
    },
  };
}

/** A writer may make a side file each time it is taken. */
function taken({ model, external }: ModelFiles): ModelFiles {
  return external ? { model, external: new Map(external) } : { model };
}

/** What cannot be read is left to the runtime, which refuses it in its own words. */
function needsOf(model: ModelFiles): MemoryNeeds | undefined {
  try {
    return memoryNeeds(model);
  } catch {
    return undefined;
  }
}

function check(bytes: number, limit: number, what: string, advice: string): void {
  if (bytes <= limit) return;
  const message = `${what} needs at least ${mebibytes(bytes)} MiB, more than the ${mebibytes(limit)} MiB that a page may use here. ${advice}; where the device has more memory, raise the option "memoryLimit".`;
  throw new QuantError("backend-failed", message, { details: { neededBytes: bytes, limitBytes: limit } });
}

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
