import { bitsPerElement, type Constant, constantFromBytes, type Graph, type Value } from "../ir/index.ts";
import type { AffineEncoding } from "../spec/index.ts";

/** Scale and zero point initializers; equal encodings share them, so that the runtime sees equal grids as equal. */
export interface EncodingConstants {
  scale(encoding: AffineEncoding, shape?: readonly number[]): Value;
  zeroPoint(encoding: AffineEncoding, shape?: readonly number[]): Value;
}

export function encodingConstants(graph: Graph): EncodingConstants {
  const shared = new Map<string, Value>();
  const share = (name: string, content: Constant): Value => {
    const key = `${name} ${content.dtype} [${content.shape}] ${content.bytes}`;
    const value = shared.get(key) ?? graph.addConstant(name, content);
    shared.set(key, value);
    return value;
  };
  return {
    scale: (encoding, shape = shapeOf(encoding)) => {
      const data = Float32Array.from(encoding.scale);
      return share("scale", constantFromBytes("float32", shape, new Uint8Array(data.buffer)));
    },
    zeroPoint: (encoding, shape = shapeOf(encoding)) => share("zero_point", constantFromBytes(encoding.dtype, shape, zeroPointBytes(encoding))),
  };
}

function shapeOf(encoding: AffineEncoding): readonly number[] {
  return encoding.axis === undefined ? [] : [encoding.scale.length];
}

function zeroPointBytes(encoding: AffineEncoding): Uint8Array {
  const bits = bitsPerElement[encoding.dtype];
  if (bits === 4) {
    const packed = new Uint8Array(Math.ceil(encoding.zeroPoint.length / 2));
    encoding.zeroPoint.forEach((code, index) => {
      packed[index >> 1]! |= (code & 15) << ((index & 1) * 4);
    });
    return packed;
  }
  const bytes = new Uint8Array((encoding.zeroPoint.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  encoding.zeroPoint.forEach((code, index) => {
    if (bits === 8) view.setInt8(index, code);
    else if (bits === 16) view.setInt16(index * 2, code, true);
    else view.setInt32(index * 4, code, true);
  });
  return bytes;
}

/** The attributes of a Q or DQ node for this encoding; the default axis of ONNX is 1, so it is always written. */
export function axisAttributes(encoding: AffineEncoding) {
  if (encoding.axis === undefined) return {};
  return {
    axis: { kind: "int", value: BigInt(encoding.axis) } as const,
    ...(encoding.block && { block_size: { kind: "int", value: BigInt(encoding.block) } as const }),
  };
}
