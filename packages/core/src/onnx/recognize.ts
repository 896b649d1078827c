interface Format {
  readonly what: string;
  readonly advice: string;
  readonly magic: string | readonly number[];
  readonly offset?: number;
}

const exportIt = "export it to ONNX first";

const formats: readonly Format[] = [
  { what: "a Git LFS pointer", advice: "run `git lfs pull` to fetch the model it stands for", magic: "version https://git-lfs" },
  { what: "a web page", advice: "download the file itself, not the page that shows it", magic: "<!" },
  { what: "a web page", advice: "download the file itself, not the page that shows it", magic: "<html" },
  { what: "a PNG image", advice: "pass the .onnx file", magic: [0x89, 0x50, 0x4e, 0x47] },
  { what: "a JPEG image", advice: "pass the .onnx file", magic: [0xff, 0xd8, 0xff] },
  { what: "a ZIP archive (a PyTorch or NumPy file, or a compressed model)", advice: "unpack it, or export the model to ONNX", magic: [0x50, 0x4b, 0x03, 0x04] },
  { what: "a gzip archive", advice: "unpack it", magic: [0x1f, 0x8b] },
  { what: "a GGUF model", advice: exportIt, magic: "GGUF" },
  { what: "a TensorFlow Lite model", advice: exportIt, magic: "TFL3", offset: 4 },
  { what: "a model in ONNX Runtime's own ORT format", advice: "pass the .onnx file it was made from", magic: "ORTM", offset: 4 },
  { what: "an HDF5 file (a Keras model)", advice: exportIt, magic: [0x89, 0x48, 0x44, 0x46] },
];

const sniffedBytes = 64;

/** What a file is that is no ONNX model, as far as its first bytes tell, and what to do about it. */
export function recognize(bytes: Uint8Array): { readonly what: string; readonly advice: string } | undefined {
  if (bytes.byteLength === 0) return { what: "empty", advice: "check that it was written or downloaded completely" };
  const format = formats.find(({ magic, offset = 0 }) => matches(bytes, typeof magic === "string" ? new TextEncoder().encode(magic) : magic, offset));
  if (format) return format;
  const start = bytes.subarray(0, sniffedBytes);
  return start.every(isText) ? { what: "a text file", advice: "pass the .onnx file" } : undefined;
}

function matches(bytes: Uint8Array, magic: ArrayLike<number>, offset: number): boolean {
  return Array.from(magic).every((byte, index) => bytes[offset + index] === byte);
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
