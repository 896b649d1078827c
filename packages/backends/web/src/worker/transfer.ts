import type { ModelFiles, Tensors } from "@halftone/core";

/** A message and the buffers that move with it instead of being copied. */
export interface Parcel<T> {
  readonly content: T;
  readonly buffers: readonly ArrayBuffer[];
}

/** Copies of the tensors, packed to move: the caller keeps its own, and a view into a large buffer takes only its part along. */
export function packFeeds(feeds: Tensors): Parcel<Tensors> {
  const copies = Object.entries(feeds).map(
    ([name, tensor]) => [name, { ...tensor, data: ArrayBuffer.isView(tensor.data) ? tensor.data.slice() : tensor.data }] as const,
  );
  return packOutputs(Object.fromEntries(copies));
}

/** Tensors that the sender gives away. */
export function packOutputs(tensors: Tensors): Parcel<Tensors> {
  const buffers = Object.values(tensors).flatMap(({ data }) => (ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : []));
  return { content: tensors, buffers: [...new Set(buffers)] };
}

/** A copy of a model, packed to move; side files are taken once and one after the other. */
export function packModel({ model, external }: ModelFiles): Parcel<ModelFiles> {
  const bytes = model.slice();
  if (!external) return { content: { model: bytes }, buffers: [bytes.buffer] };
  const copies = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [location, file] of external) copies.set(location, file.slice());
  return { content: { model: bytes, external: copies }, buffers: [bytes.buffer, ...[...copies.values()].map((file) => file.buffer)] };
}
