import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CalibrationSource, parseNpy, type Tensor } from "@halftone/core";

/** The NPY format, version 1, of a float32 tensor: what NumPy's `load` reads. */
export function npyBytes({ shape, data }: Tensor): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((size) => `${size}, `).join("")}), }`;
  const preamble = 10;
  const length = 64 * Math.ceil((preamble + dictionary.length + 1) / 64);
  const header = `${dictionary.padEnd(length - preamble - 1)}\n`;
  const values = data as Float32Array;
  const bytes = Buffer.alloc(length + values.byteLength);
  bytes.write("\x93NUMPY\x01\x00", "latin1");
  bytes.writeUInt16LE(header.length, 8);
  bytes.write(header, preamble, "latin1");
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), length);
  return bytes;
}

/** Writes one file per sample, numbered in order, and answers whether their shapes differ. */
export async function writeFeeds(folder: string, input: string, source: CalibrationSource): Promise<{ readonly ragged: boolean }> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const shapes = new Set<string>();
  let index = 0;
  for await (const feeds of source) {
    const tensor = feeds[input]!;
    shapes.add(String(tensor.shape));
    await writeFile(join(folder, `${String(index++).padStart(4, "0")}.npy`), npyBytes(tensor));
  }
  return { ragged: shapes.size > 1 };
}

/** The samples of such a folder, each read when it is asked for. */
export async function readFeeds(folder: string, input: string): Promise<CalibrationSource> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".npy")).sort();
  return {
    id: folder,
    batches: files.length,
    async *[Symbol.asyncIterator]() {
      for (const file of files) yield { [input]: parseNpy(await readFile(join(folder, file))) };
    },
  };
}
