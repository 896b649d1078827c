import type { CalibrationSource, Metric, ModelFiles, Tensors } from "@halftone/core";

/** A model with pictures for it, and what its answers mean. */
export interface Subject {
  /** Name of the files that are downloaded, without an extension. */
  readonly name: string;
  readonly model: ModelFiles;
  /** The first pictures for calibration. */
  calibration(limit: number): CalibrationSource;
  /** What float and quantized model are compared on. */
  readonly verification: CalibrationSource;
  readonly metrics: readonly Metric[];
  /** Pictures whose answers are shown side by side. */
  readonly shown: readonly ShownPicture[];
  /** What the outputs say, the likeliest first. */
  read(outputs: Tensors): readonly Reading[];
}

export interface Reading {
  readonly text: string;
  /** Left out where there is but one. */
  readonly score?: number;
}

export interface ShownPicture {
  readonly name: string;
  /** Lives as long as the page. */
  readonly url: string;
  feeds(): Promise<Tensors>;
}

/** Pictures as calibration data, each prepared when its turn comes. */
export function pictureSource(id: string, pictures: readonly ShownPicture[]): CalibrationSource {
  return {
    id,
    batches: pictures.length,
    async *[Symbol.asyncIterator]() {
      for (const picture of pictures) yield await picture.feeds();
    },
  };
}
