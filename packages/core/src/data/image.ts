/** Pixels as they come out of a decoder: 8 bit, interleaved, row-major, without padding between rows. */
export interface Image {
  readonly width: number;
  readonly height: number;
  /** 1: grey. 3: red, green, blue. 4: the same and alpha, which is dropped. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}
