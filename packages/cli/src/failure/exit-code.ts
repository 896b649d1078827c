import type { ErrorCode } from "@halftone/core";

export const exitCodes = { ok: 0, user: 1, modelOrData: 2, accuracy: 3, interrupted: 130 } as const;

const userErrors: readonly ErrorCode[] = ["invalid-config", "unknown-name", "unsupported-encoding", "plan-mismatch", "journal-mismatch"];

/** 1: the command line or the configuration is wrong. 2: the model, the data or the machine. 3: accuracy, or runtimes that disagree. 130: interrupted. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === "aborted") return exitCodes.interrupted;
  if (code === "accuracy-below-tolerance" || code === "runtimes-disagree") return exitCodes.accuracy;
  return userErrors.includes(code) ? exitCodes.user : exitCodes.modelOrData;
}
