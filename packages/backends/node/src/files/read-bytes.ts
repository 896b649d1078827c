import { constants } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { QuantError } from "@halftone/core";

const rangeSize = 256 * 1024 * 1024;

/** Reads a whole file, in ranges: one read call cannot return more than 2 GiB. @throws `invalid-data` or an error of the file system. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > constants.MAX_LENGTH) throw unreadable(`it has ${size} bytes, more than one buffer can hold here (${constants.MAX_LENGTH})`);
    const bytes = new Uint8Array(size);
    await fill(file, bytes);
    return bytes;
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength; ) {
    const { bytesRead } = await file.read(bytes, offset, Math.min(rangeSize, bytes.byteLength - offset), offset);
    if (bytesRead === 0) throw unreadable(`it ends at byte ${offset} of ${bytes.byteLength}: it was cut while it was read`);
    offset += bytesRead;
  }
}

function unreadable(reason: string): QuantError {
  return new QuantError("invalid-data", reason, { details: { reason } });
}
