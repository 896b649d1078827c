// Connectionist temporal classification (Graves et al., 2006), best path: take the likeliest class of every time step,
// merge runs of one class, drop the blanks. A blank between two equal classes keeps both.
import type { Tensor } from "@halftone/core";

const blank = 0;

/** Reads scores of shape [1, time, classes]; class 0 is the blank. */
export function decodeGreedy(scores: Tensor, alphabet: readonly string[]): string {
  const [, time = 0, classes = 0] = scores.shape;
  const values = scores.data as Float32Array;
  let text = "";
  let previous = blank;
  for (let step = 0; step < time; step++) {
    const best = likeliest(values, step * classes, classes);
    if (best !== previous && best !== blank) text += alphabet[best] ?? "";
    previous = best;
  }
  return text;
}

function likeliest(values: Float32Array, offset: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if ((values[offset + index] as number) > (values[offset + best] as number)) best = index;
  }
  return best;
}
