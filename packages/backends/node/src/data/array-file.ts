import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parseNpy, QuantError, type Tensors } from "@halftone/core";
import { unzipSync } from "fflate";

export const arrayExtensions: ReadonlySet<string> = new Set([".npy", ".npz"]);

/** An .npy file is one tensor for `input`; the arrays of an .npz file are named as the model's inputs. @throws `invalid-data`. */
export async function readArrays(path: string, input: string | undefined): Promise<Tensors> {
  try {
    const bytes = await readFile(path);
    if (extname(path).toLowerCase() === ".npz") return readArchive(bytes);
    if (input === undefined) throw new QuantError("invalid-data", "an .npy file does not name the input it is for; use .npz");
    return { [input]: parseNpy(bytes) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QuantError("invalid-data", `${path} cannot be used: ${reason}`, { details: { file: path, reason }, cause });
  }
}

function readArchive(bytes: Uint8Array): Tensors {
  const entries = Object.entries(unzipSync(bytes)).filter(([name]) => name.endsWith(".npy"));
  if (entries.length === 0) throw new QuantError("invalid-data", "the archive holds no .npy array");
  return Object.fromEntries(entries.map(([name, content]) => [name.slice(0, -".npy".length), parseNpy(content)]));
}
