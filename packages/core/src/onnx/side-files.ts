import { externalLocation } from "./wire/codes.ts";
import { create } from "./wire/messages.ts";
import type { PlaceTensor } from "./write-graph.ts";

interface SideFile {
  size: number;
  readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** Side files are cut here: each is a buffer of its own while it is written. */
const largestSideFile = 500_000_000;
/** Memory-mapping wants tensors on page boundaries. */
const alignment = 4096;

export interface SideFiles {
  readonly place: PlaceTensor;
  /** Bytes of the tensors that stay in the model. */
  readonly inlineBytes: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Lays tensors of at least `from` bytes out in side files; tensors that are the same bytes share one place. A file is
 * joined each time it is asked for and not before, so that writing one after the other holds one at a time.
 */
export function createSideFiles(name: string, from: number): SideFiles {
  const layout = new Map<string, SideFile>();
  let inlineBytes = 0;
  const placed = new WeakMap<ArrayBufferLike, Map<string, { readonly location: string; readonly offset: number }>>();

  function placeOf(bytes: Uint8Array): { readonly location: string; readonly offset: number } {
    const ofBuffer = placed.get(bytes.buffer) ?? new Map();
    placed.set(bytes.buffer, ofBuffer);
    const key = `${bytes.byteOffset} ${bytes.byteLength}`;
    const place = ofBuffer.get(key) ?? append(bytes);
    ofBuffer.set(key, place);
    return place;
  }

  function append(bytes: Uint8Array): { readonly location: string; readonly offset: number } {
    let location = layout.size <= 1 ? name : `${name}.${layout.size - 1}`;
    let offset = Math.ceil((layout.get(location)?.size ?? 0) / alignment) * alignment;
    if (offset > 0 && offset + bytes.byteLength > largestSideFile) {
      location = `${name}.${layout.size}`;
      offset = 0;
    }
    const file = layout.get(location) ?? { size: 0, pieces: [] };
    layout.set(location, file);
    file.pieces.push({ offset, bytes });
    file.size = offset + bytes.byteLength;
    return { location, offset };
  }

  return {
    place: (proto, bytes) => {
      if (bytes.byteLength < from || bytes.byteLength === 0) {
        proto.rawData = bytes;
        inlineBytes += bytes.byteLength;
        return;
      }
      const { location, offset } = placeOf(bytes);
      const entries = { location, offset: String(offset), length: String(bytes.byteLength) };
      proto.dataLocation = externalLocation;
      proto.externalData = Object.entries(entries).map(([key, value]) => create("StringStringEntryProto", { key, value }));
    },
    get inlineBytes() {
      return inlineBytes;
    },
    files: lazyMap(layout, join),
  };
}

function join({ size, pieces }: SideFile): Uint8Array {
  if (pieces.length === 1) return pieces[0]!.bytes;
  const buffer = new Uint8Array(size);
  for (const piece of pieces) buffer.set(piece.bytes, piece.offset);
  return buffer;
}

/** A read-only map whose values are made anew each time they are asked for. */
function lazyMap<Source, Made>(sources: ReadonlyMap<string, Source>, make: (source: Source) => Made): ReadonlyMap<string, Made> {
  function* entries(): Generator<[string, Made], undefined> {
    for (const [key, source] of sources) yield [key, make(source)];
  }
  function* values(): Generator<Made, undefined> {
    for (const source of sources.values()) yield make(source);
  }
  const map: ReadonlyMap<string, Made> = {
    get size() {
      return sources.size;
    },
    has: (key) => sources.has(key),
    get: (key) => (sources.has(key) ? make(sources.get(key)!) : undefined),
    keys: () => sources.keys(),
    values,
    entries,
    [Symbol.iterator]: entries,
    forEach: (visit) => {
      for (const [key, value] of entries()) visit(value, key, map);
    },
  };
  return map;
}
