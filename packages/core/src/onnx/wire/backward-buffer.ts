/** Small content is gathered in pieces of this many bytes. */
const pieceBytes = 65536;

/** Content of at least this many bytes is kept as a view until all is joined. */
const largeBytes = 1024;

/** Bytes that are written from the last to the first. */
export interface BackwardBuffer {
  /** Bytes written so far. */
  readonly length: number;
  varint(value: number): void;
  /** A negative number takes the 10 bytes of its 64-bit form. */
  varint64(value: bigint): void;
  float(value: number): void;
  double(value: number): void;
  text(value: string): void;
  bytes(content: Uint8Array): void;
  /** Everything, first byte first. */
  join(): Uint8Array<ArrayBuffer>;
}

export function createBackwardBuffer(): BackwardBuffer {
  const utf8 = new TextEncoder();
  const later: Uint8Array[] = [];
  let piece = new Uint8Array(0);
  let view = new DataView(piece.buffer);
  let start = 0;
  let end = 0;
  let finished = 0;

  /** Where the next `count` bytes go. */
  function reserve(count: number): number {
    if (start < count) {
      finish();
      piece = new Uint8Array(Math.max(pieceBytes, count));
      view = new DataView(piece.buffer);
      start = piece.length;
      end = start;
    }
    start -= count;
    return start;
  }

  function finish(): void {
    if (end > start) later.push(piece.subarray(start, end));
    finished += end - start;
    end = start;
  }

  function varint(value: number): void {
    let count = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count += 1;
    let at = reserve(count);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) piece[at++] = (rest % 128) + 128;
    piece[at] = rest;
  }

  function varint64(value: bigint): void {
    if (value >= 0n && value <= Number.MAX_SAFE_INTEGER) {
      varint(Number(value));
      return;
    }
    const digits: number[] = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 128n; rest >>= 7n) digits.push(Number(rest & 127n) + 128);
    digits.push(Number(rest));
    bytes(Uint8Array.from(digits));
  }

  /** Letter by letter while it is ASCII, which most names are. */
  function text(value: string): void {
    const at = reserve(value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        start += value.length;
        bytes(utf8.encode(value));
        return;
      }
      piece[at + index] = code;
    }
  }

  function bytes(content: Uint8Array): void {
    if (content.length < largeBytes) {
      const at = reserve(content.length);
      piece.set(content, at);
      return;
    }
    finish();
    later.push(content);
    finished += content.length;
  }

  return {
    get length() {
      return finished + end - start;
    },
    varint,
    varint64,
    float: (value) => {
      const at = reserve(4);
      view.setFloat32(at, value, true);
    },
    double: (value) => {
      const at = reserve(8);
      view.setFloat64(at, value, true);
    },
    text,
    bytes,
    join: () => {
      finish();
      const joined = new Uint8Array(finished);
      let at = finished;
      for (const each of later) {
        at -= each.length;
        joined.set(each, at);
      }
      return joined;
    },
  };
}
