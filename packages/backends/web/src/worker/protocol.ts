import { type ErrorCode, type Json, type ModelFiles, QuantError, type SessionOptions, type Tensors, type TensorType } from "@halftone/core";
import type { RuntimeSettings } from "../session/settings.ts";

/** What a session is, apart from its functions. */
export interface SessionFacts {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: Readonly<Record<string, TensorType | undefined>>;
}

/** What the worker is asked. Each is answered once, in order. Sessions are numbered by the page. */
export type Request =
  | { readonly kind: "start"; readonly settings: RuntimeSettings }
  | { readonly kind: "open"; readonly session: number; readonly model: ModelFiles; readonly options: SessionOptions | undefined }
  | { readonly kind: "run"; readonly session: number; readonly feeds: Tensors; readonly fetch: readonly string[] }
  | { readonly kind: "close"; readonly session: number };

export type Answer =
  | { readonly kind: "started" }
  | { readonly kind: "opened"; readonly facts: SessionFacts }
  | { readonly kind: "outputs"; readonly outputs: Tensors }
  | { readonly kind: "closed" }
  | FailedAnswer;

export interface FailedAnswer {
  readonly kind: "failed";
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, Json>>;
  /** The runtime broke: none of the worker's sessions can go on. */
  readonly crashed: boolean;
}

export function failedAnswer(error: unknown, crashed: boolean): FailedAnswer {
  const known = QuantError.is(error) ? error : new QuantError("internal", String(error));
  return { kind: "failed", code: known.code, message: known.message, details: known.details, crashed };
}
