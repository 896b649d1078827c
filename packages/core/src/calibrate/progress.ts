import type { QuantEvent } from "../spec/index.ts";

/** Events a second are enough for any display. */
const interval = 100;

/** Tells how many samples are done and how long the rest will take; `now` is in milliseconds. */
export function sampleProgress(total: number | undefined, emit: (event: QuantEvent) => void, now: () => number): (done: number) => void {
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  return (done) => {
    const time = now();
    if (time - last < interval && done !== total) return;
    last = time;
    const secondsLeft = total === undefined ? undefined : (((time - start) / 1000) * Math.max(total - done, 0)) / done;
    emit({ type: "progress", stage: "calibrate", done, total, secondsLeft });
  };
}
