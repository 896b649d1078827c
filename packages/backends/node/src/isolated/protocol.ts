import { type ErrorCode, type Json, type ModelFiles, QuantError, type SessionOptions, type Tensors, type TensorType } from "@halftone/core";

/** What a session is, apart from its functions. */
export interface SessionFacts {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly types: Readonly<Record<string, TensorType | undefined>>;
}

/** What the child is asked. Each is answered once; the parts of a model go ahead of `open` and `optimize`. */
export type Request =
  | { readonly kind: "open"; readonly options: SessionOptions | undefined }
  | { readonly kind: "optimize"; readonly options: SessionOptions | undefined }
  | { readonly kind: "run"; readonly feeds: Tensors; readonly fetch: readonly string[] };

export type Answer =
  | { readonly kind: "opened"; readonly facts: SessionFacts }
  | { readonly kind: "optimized" }
  | { readonly kind: "outputs"; readonly outputs: Tensors }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly details: Readonly<Record<string, Json>> };

/** A piece of a model's file: no message, and no buffer of the channel, has to hold a whole model. */
export interface Part {
  readonly kind: "part";
  /** Location of a side file; undefined is the model itself. */
  readonly file: string | undefined;
  readonly size: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export type Message = Request | Answer | Part;

/** Resolves when the channel has taken the message. */
export type Send = (message: Message) => Promise<void>;

const partSize = 32 * 1024 * 1024;

export async function sendFiles(send: Send, files: ModelFiles): Promise<void> {
  for (const [file, bytes] of [[undefined, files.model] as const, ...(files.external ?? [])]) {
    for (let offset = 0; offset === 0 || offset < bytes.byteLength; offset += partSize) {
      await send({ kind: "part", file, size: bytes.byteLength, offset, bytes: bytes.subarray(offset, offset + partSize) });
    }
  }
}

/** Puts the parts of a model together again. */
export function fileCollector(): { add(part: Part): void; take(): ModelFiles } {
  let files = new Map<string | undefined, Uint8Array>();
  return {
    add({ file, size, offset, bytes }) {
      const whole = files.get(file) ?? new Uint8Array(size);
      whole.set(bytes, offset);
      files.set(file, whole);
    },
    take() {
      const model = files.get(undefined) ?? new Uint8Array();
      const external = new Map([...files].flatMap(([file, bytes]) => (file === undefined ? [] : [[file, bytes] as const])));
      files = new Map();
      return external.size > 0 ? { model, external } : { model };
    },
  };
}

export function failedAnswer(error: unknown): Answer {
  const known = QuantError.is(error) ? error : new QuantError("internal", String(error));
  return { kind: "failed", code: known.code, message: known.message, details: known.details };
}
