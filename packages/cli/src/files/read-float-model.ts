import { fixShapes, type ModelFiles, readModel, writeModel } from "@halftone/core";
import { readModelFiles } from "@halftone/node";
import type { Shapes } from "../options/shapes.ts";

/** A model, with the shapes that its inputs will have where some are asked for. */
export async function readFloatModel(path: string, shapes: Shapes | undefined): Promise<ModelFiles> {
  const files = await readModelFiles(path);
  if (!shapes) return files;
  const model = readModel(files);
  fixShapes(model, shapes);
  return writeModel(model, files.external ? { externalFrom: 1024 } : {});
}
