import { basename } from "node:path";
import { type ModelFiles, readModel, writeModel } from "@halftone/core";
import { pathsOfModel, writeFilesAtomically } from "@halftone/node";

export interface Outputs {
  readonly model: { readonly path: string; readonly files: ModelFiles };
  /** By path. */
  readonly texts?: ReadonlyMap<string, string>;
}

/** All or nothing. @throws `write-failed`, `aborted`. */
export async function writeOutputs({ model, texts = new Map() }: Outputs, signal: AbortSignal): Promise<void> {
  const files = withOwnSideFiles(model.files, basename(model.path));
  await writeFilesAtomically(new Map<string, Uint8Array | string>([...pathsOfModel(model.path, files), ...texts]), { signal });
}

/** Bytes; what is smaller stays in the model. */
const smallestExternal = 256;

/** Side files are named after the model, so that those of another model in the same folder stay what they are. */
function withOwnSideFiles(files: ModelFiles, name: string): ModelFiles {
  return files.external === undefined ? files : writeModel(readModel(files), { externalFrom: smallestExternal, externalName: `${name}.data` });
}
