/**
 * What runs inside the page. Each function is sent there as text: it may use its arguments and what the page has, nothing
 * else of this file.
 */
import type { InferenceSession } from "onnxruntime-web";
import type { OnnxRuntime } from "../session/runtime.ts";

/** What a page that runs models holds. */
export interface RuntimeWindow {
  readonly runtime: OnnxRuntime;
  readonly sessions: Map<number, InferenceSession>;
}

/** Tensors as they cross the border of a page. */
export interface PageTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: unknown;
}

export interface OpenRequest {
  readonly id: number;
  readonly model: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
}

export interface RunRequest {
  readonly id: number;
  readonly feeds: PageTensors;
  readonly fetch: readonly string[];
}

/** Names beside their tensors: an object would lose a tensor called `__proto__`. */
export type PageTensors = readonly (readonly [name: string, tensor: PageTensor])[];

/** A failure that is the runtime's: it crosses as words. */
export type PageAnswer<Value> = { readonly value: Value } | { readonly failure: string };

/** What there is to know of a session before it runs. */
export type Opened = Pick<InferenceSession, "inputNames" | "outputNames" | "inputMetadata" | "outputMetadata">;

export async function openInPage({ id, model, options }: OpenRequest): Promise<PageAnswer<Opened>> {
  const { runtime, sessions } = globalThis as unknown as RuntimeWindow;
  try {
    const session = await runtime.InferenceSession.create(model, options);
    sessions.set(id, session);
    const { inputNames, outputNames, inputMetadata, outputMetadata } = session;
    return { value: { inputNames, outputNames, inputMetadata, outputMetadata } };
  } catch (error) {
    return { failure: String(error) };
  }
}

export async function runInPage({ id, feeds, fetch }: RunRequest): Promise<PageAnswer<PageTensors>> {
  const { runtime, sessions } = globalThis as unknown as RuntimeWindow;
  try {
    const inputs = feeds.map(([name, { dtype, shape, data }]) => [name, new runtime.Tensor(dtype as "float32", data as Float32Array, shape)]);
    const outputs = await sessions.get(id)!.run(Object.fromEntries(inputs), fetch);
    const answers = fetch.map(async (name) => {
      const { type: dtype, dims: shape } = outputs[name]!;
      const data = await outputs[name]!.getData(true);
      // The contract's half floats are bit patterns; a browser that has Float16Array answers with one.
      return [name, { dtype, shape, data: dtype === "float16" ? new Uint16Array((data as Uint16Array).buffer) : data }] as const;
    });
    return { value: await Promise.all(answers) };
  } catch (error) {
    return { failure: String(error) };
  }
}

export async function closeInPage(id: number): Promise<void> {
  const { sessions } = globalThis as unknown as RuntimeWindow;
  await sessions.get(id)?.release();
  sessions.delete(id);
}
