import type { Metric, Tensor, Tensors } from "@halftone/core";
import { editDistance } from "./edit-distance.ts";

/** From a model's scores to text. */
export type Read = (scores: Tensor) => string;

export interface ReadingMetrics {
  /** Share of lines read without a mistake, and how much of the texts was read right. */
  readonly metrics: readonly [exactMatch: Metric, characterAccuracy: Metric];
  /** What the two measured models read, line by line; undefined before exactly two have been measured. */
  compare(): Comparison | undefined;
}

export interface Comparison {
  /** Share of lines that both models read alike, right or wrong. */
  readonly agreement: number;
  /** Share of lines that exactly one of the two reads right. */
  readonly changed: number;
}

/** Spaces do not count, as in PaddleOCR's own figures: the model was trained mostly on a script that has none. */
export const withoutSpaces = (text: string): string => text.replaceAll(/\s/gu, "");

/** 1 - edit distance / length, at least 0. */
export function characterAccuracy(reading: string, truth: string): number {
  return Math.max(0, 1 - editDistance(reading, truth) / [...truth].length);
}

/** Metrics over lines whose truth is known; sample n of the verification data is `texts[n]`. */
export function readingMetrics(texts: readonly string[], read: Read): ReadingMetrics {
  const truths = texts.map(withoutSpaces);
  const readLine = (outputs: Tensors): string => withoutSpaces(read(Object.values(outputs)[0] as Tensor));
  const transcripts: string[][] = [];

  const exactMatch: Metric = {
    name: "exactMatch",
    create() {
      const transcript: string[] = [];
      transcripts.push(transcript);
      return {
        update(outputs, index) {
          transcript[index] = readLine(outputs);
        },
        result: () => share(transcript, (reading, index) => reading === truths[index]),
      };
    },
  };
  const accuracy: Metric = {
    name: "characterAccuracy",
    create() {
      const scores: number[] = [];
      return {
        update: (outputs, index) => void scores.push(characterAccuracy(readLine(outputs), truths[index] ?? "")),
        result: () => scores.reduce((sum, score) => sum + score, 0) / scores.length,
      };
    },
  };
  return {
    metrics: [exactMatch, accuracy],
    compare() {
      const [first, second, ...others] = transcripts.filter((transcript) => transcript.length > 0);
      if (first === undefined || second?.length !== first.length || others.length > 0) return undefined;
      return {
        agreement: share(first, (reading, index) => reading === second[index]),
        changed: share(first, (reading, index) => (reading === truths[index]) !== (second[index] === truths[index])),
      };
    },
  };
}

const share = <Item>(items: readonly Item[], holds: (item: Item, index: number) => boolean): number => items.filter(holds).length / items.length;
