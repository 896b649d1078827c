/**
 * A model as bytes. Weights may lie in side files (ONNX external data): no single buffer ever has to hold a model of
 * more than 2 GB.
 */
export interface ModelFiles {
  /** The `ModelProto`. */
  readonly model: Uint8Array;
  /** Side files by the relative location the model names. A writer may join one each time it is taken: take it once, and one after the other. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
}

/** A side file that is read in ranges. `read` resolves to exactly `length` bytes or rejects with `external-data`. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}
