import type { Tensor } from "../spec/index.ts";
import { tensor } from "./tensors.ts";

/** One tensor of every element type, with the values at the ends of its range. */
export const dtypeSamples: readonly Tensor[] = [
  tensor("float32", [2, 2], new Float32Array([1.5, -0, Number.POSITIVE_INFINITY, 3.4028234663852886e38])),
  tensor("float16", [3], new Uint16Array([0x3c00, 0xfbff, 0x8001])),
  tensor("bfloat16", [2], new Uint16Array([0x3f80, 0xff7f])),
  tensor("float64", [2], new Float64Array([Math.PI, -1e300])),
  tensor("int64", [2], new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n])),
  tensor("int32", [2], new Int32Array([-(2 ** 31), 2 ** 31 - 1])),
  tensor("int16", [2], new Int16Array([-32768, 32767])),
  tensor("int8", [3], new Int8Array([-128, 0, 127])),
  tensor("int4", [3], new Uint8Array([0x78, 0x0f])),
  tensor("uint64", [1], new BigUint64Array([2n ** 64n - 1n])),
  tensor("uint32", [1], new Uint32Array([2 ** 32 - 1])),
  tensor("uint16", [1], new Uint16Array([65535])),
  tensor("uint8", [2], new Uint8Array([0, 255])),
  tensor("uint4", [3], new Uint8Array([0xf0, 0x01])),
  tensor("bool", [2], new Uint8Array([1, 0])),
  tensor("string", [2], ["", "né"]),
];
