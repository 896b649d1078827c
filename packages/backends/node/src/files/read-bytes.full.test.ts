import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readBytes } from "./read-bytes.ts";

test("a file of more than 2 GiB is read whole", async () => {
  const folder = await mkdtemp(join(tmpdir(), "halftone-large-"));
  try {
    const path = join(folder, "weights.bin");
    const size = 2 ** 31 + 5_000_000;
    const file = await open(path, "w");
    // Only the ends take room on the disk.
    await file.write(new Uint8Array([1, 2, 3]), 0, 3, 0);
    await file.write(new Uint8Array([7, 8, 9]), 0, 3, size - 3);
    await file.close();
    const bytes = await readBytes(path);
    expect(bytes.byteLength).toBe(size);
    expect([...bytes.subarray(0, 4), ...bytes.subarray(size - 4)]).toEqual([1, 2, 3, 0, 0, 7, 8, 9]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
