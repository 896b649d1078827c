import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { type ModelFiles, QuantError, sideFilesOf } from "@halftone/core";
import { readBytes } from "./read-bytes.ts";

/**
 * Reads a model and the side files it names. A model is untrusted: a side file is read only if it lies, links resolved,
 * in the model's own folder.
 *
 * @throws `invalid-model` when the file is missing or no model, `external-data`.
 */
export async function readModelFiles(path: string): Promise<ModelFiles> {
  const model = await readModel(path);
  const locations = sideFilesOf(model);
  if (locations.length === 0) return { model };
  const folder = await realpath(dirname(path));
  const external = new Map<string, Uint8Array>();
  for (const location of locations) external.set(location, await readSideFile(folder, location));
  return { model, external };
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readBytes(path);
  } catch (cause) {
    throw new QuantError("invalid-model", `The model ${path} cannot be read: ${reasonOf(cause)}.`, { details: { file: path }, cause });
  }
}

async function readSideFile(folder: string, location: string): Promise<Uint8Array> {
  const path = await realpath(join(folder, location)).catch((cause: unknown) => {
    throw unreadable(location, cause);
  });
  const inside = relative(folder, path);
  if (inside.split(sep)[0] === ".." || isAbsolute(inside)) {
    throw new QuantError("external-data", `The model's side file ${location} is a link to ${path}, outside of the model's folder. Copy it beside the model.`, {
      details: { file: location },
    });
  }
  return readBytes(path).catch((cause: unknown) => {
    throw unreadable(location, cause);
  });
}

function unreadable(location: string, cause: unknown): QuantError {
  const message = `The model's side file ${location} cannot be read: ${reasonOf(cause)}. Put it beside the model.`;
  return new QuantError("external-data", message, { details: { file: location }, cause });
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return message;
}
