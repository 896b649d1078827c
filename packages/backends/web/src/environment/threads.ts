import { QuantError } from "@halftone/core";

/** What threads need, in words for whoever serves the page. */
export const isolationAdvice =
  'Serve the page with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"; it is then cross-origin isolated, and WebAssembly may share memory between threads.';

/** @throws `invalid-config` when threads were asked for that this page cannot have. */
export function checkThreads(threads: number | undefined, isolated: boolean = globalThis.crossOriginIsolated): void {
  if (threads === undefined) return;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new QuantError("invalid-config", `threads must be a whole number from 1, not ${threads}.`, { details: { field: "threads" } });
  }
  if (threads > 1 && !isolated) {
    const message = `This page cannot have ${threads} threads, for it is not cross-origin isolated. ${isolationAdvice} Or leave threads out: the runtime then uses one.`;
    throw new QuantError("invalid-config", message, { details: { field: "threads", threads, crossOriginIsolated: false } });
  }
}
