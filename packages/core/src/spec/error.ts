import type { Json } from "./json.ts";

/**
 * Every way in which Halftone refuses to go on. A code is stable across releases; the message is for people.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid-model` | the bytes are not an ONNX model that can be read: truncated, not ONNX, dangling or cyclic graph |
 * | `unsupported-opset` | the model declares an operator set that is newer (or older) than this release can read |
 * | `unsupported-op` | an operator cannot be handled by the stage that met it |
 * | `unsupported-encoding` | the target cannot execute the asked encoding |
 * | `already-quantized` | the model already holds quantized operators |
 * | `external-data` | a side file with weights is missing, too short, or lies outside the model's folder |
 * | `invalid-config` | a configuration, plan or option is not valid; `details.field` names the field |
 * | `invalid-data` | sample data is unusable: wrong name, dtype or shape, unreadable file |
 * | `empty-calibration` | no usable sample was left to calibrate with |
 * | `plan-mismatch` | the plan was made for another model |
 * | `journal-mismatch` | the journal belongs to another model, data, target or search space |
 * | `nothing-quantized` | no node could be quantized; `details.skipped` says why for each |
 * | `backend-unavailable` | the runtime cannot be loaded here |
 * | `backend-failed` | the runtime refused a model or a run |
 * | `accuracy-below-tolerance` | the quantized model lost more than the caller allows |
 * | `runtimes-disagree` | runtimes answer differently to the same model and inputs |
 * | `unknown-name` | no method, target or backend is registered under this name |
 * | `write-failed` | a result could not be written |
 * | `aborted` | the caller's AbortSignal fired |
 * | `internal` | a bug in Halftone: an invariant did not hold |
 */
export type ErrorCode =
  | "invalid-model"
  | "unsupported-opset"
  | "unsupported-op"
  | "unsupported-encoding"
  | "already-quantized"
  | "external-data"
  | "invalid-config"
  | "invalid-data"
  | "empty-calibration"
  | "plan-mismatch"
  | "journal-mismatch"
  | "nothing-quantized"
  | "backend-unavailable"
  | "backend-failed"
  | "accuracy-below-tolerance"
  | "runtimes-disagree"
  | "unknown-name"
  | "write-failed"
  | "aborted"
  | "internal";

export interface QuantErrorOptions {
  /** Facts for programs: `node`, `tensor`, `file`, `field`, counts. */
  readonly details?: Readonly<Record<string, Json>>;
  readonly cause?: unknown;
}

/** The one error class. The message says what was wrong, where (node, tensor, file, field) and what to do. */
export class QuantError extends Error {
  override readonly name = "QuantError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, Json>>;

  constructor(code: ErrorCode, message: string, options: QuantErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** Compares by name, not identity: two installed copies of the package must recognise each other's errors. */
  static is(error: unknown, code?: ErrorCode): error is QuantError {
    return error instanceof Error && error.name === "QuantError" && (code === undefined || (error as QuantError).code === code);
  }
}
