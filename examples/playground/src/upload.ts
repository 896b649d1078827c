/** What was dropped on the page or chosen in its file dialog. */
export interface Upload {
  readonly model: File | undefined;
  /** Weights that lie outside of the model. */
  readonly sideFiles: readonly File[];
  readonly pictures: readonly File[];
  /** One name per class, a line each. */
  readonly labels: File | undefined;
}

export const emptyUpload: Upload = { model: undefined, sideFiles: [], pictures: [], labels: undefined };

/** The upload with more files, sorted by what they are; a second model or list of labels replaces the first. */
export function withFiles(upload: Upload, files: readonly File[]): Upload {
  return files.reduce(withFile, upload);
}

function withFile(upload: Upload, file: File): Upload {
  if (file.name.endsWith(".onnx")) return { ...upload, model: file, sideFiles: upload.model ? [] : upload.sideFiles };
  if (file.type.startsWith("image/")) return { ...upload, pictures: [...upload.pictures, file] };
  if (file.name.endsWith(".txt")) return { ...upload, labels: file };
  return { ...upload, sideFiles: [...upload.sideFiles, file] };
}
