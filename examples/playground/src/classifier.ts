// A classifier of pictures that the user dropped on the page.
import { imageTensor, type ModelFiles, QuantError, readModel, type Tensors, type ValueView } from "@halftone/core";
import { decodeImage } from "@halftone/web";
import { type PreprocessingFields, preprocessOf } from "./preprocessing.ts";
import { bestClasses } from "./scores.ts";
import { pictureSource, type ShownPicture, type Subject } from "./subject.ts";
import type { Upload } from "./upload.ts";

const shownPictures = 8;

/** @throws `invalid-data` when a part is missing or the model does not take one picture, `invalid-config` naming a field of the preprocessing. */
export async function classifierOf(upload: Upload, fields: PreprocessingFields): Promise<Subject> {
  const { model: file, pictures } = upload;
  if (!file) throw missing("a model: drop an .onnx file");
  if (pictures.length === 0) throw missing("pictures: drop a few that are like those the model will see");
  const model = await filesOf(file, upload.sideFiles);
  const input = pictureInput(model).name;
  const preprocess = preprocessOf(fields);
  const labels = upload.labels ? (await upload.labels.text()).split(/\r?\n/) : [];
  const prepared = pictures.map((picture): ShownPicture => {
    const feeds = async (): Promise<Tensors> => ({ [input]: imageTensor(await decodeImage(picture, picture.name), preprocess) });
    return { name: picture.name, url: URL.createObjectURL(picture), feeds };
  });
  const identity = JSON.stringify([preprocess, pictures.map(({ name, size, lastModified }) => [name, size, lastModified])]);
  return {
    name: file.name.replace(/\.onnx$/, ""),
    model,
    calibration: (limit) => pictureSource(`${identity}:${limit}`, prepared.slice(0, limit)),
    verification: pictureSource(identity, prepared),
    metrics: [],
    shown: prepared.slice(0, shownPictures),
    read: (outputs) => bestClasses(Object.values(outputs)[0], 3).map(({ index, score }) => ({ text: labels[index]?.trim() || `class ${index}`, score })),
  };
}

/** Side files are named as the model names them: by their file name. */
export async function filesOf(model: File, sideFiles: readonly File[]): Promise<ModelFiles> {
  const bytes = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
  const external = new Map(await Promise.all(sideFiles.map(async (file) => [file.name, await bytes(file)] as const)));
  return { model: await bytes(model), ...(external.size > 0 && { external }) };
}

/** The one input that a picture goes into. @throws `invalid-data` when the model has others, as well as what `readModel` throws. */
export function pictureInput(files: ModelFiles): ValueView {
  const inputs = readModel(files).graph.inputs.filter(({ content }) => content === undefined);
  const [input] = inputs;
  if (inputs.length === 1 && input?.dtype === "float32" && (input.shape === undefined || input.shape.length === 4)) return input;
  const found = inputs.map(({ name, dtype, shape }) => `${name} (${dtype}, [${shape ?? "unknown"}])`).join(", ");
  throw new QuantError(
    "invalid-data",
    `This page feeds one picture as float32 with four dimensions; the model wants ${found || "nothing"}. Use the SDK for it.`,
  );
}

function missing(what: string): QuantError {
  return new QuantError("invalid-data", `There is still need of ${what}.`);
}
