import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Json } from "@halftone/core";
import { type ChildExecutor, childExecutor } from "@halftone/tuner/node";
import type { LimitFlags } from "../options/search.ts";
import type { HostSetup } from "./trial-host.ts";

/** Trials in processes of their own on this machine. */
export function isolatedTrials(setup: HostSetup, concurrency: number, { trialTimeout, trialMemory }: LimitFlags): ChildExecutor {
  return childExecutor({
    module: pathToFileURL(createRequire(import.meta.url).resolve("@halftone/cli/trial-host")).href,
    setup: setup as unknown as Json,
    concurrency,
    ...(trialTimeout !== undefined && { timeoutSeconds: trialTimeout }),
    ...(trialMemory !== undefined && { maxMemoryMB: trialMemory }),
  });
}
