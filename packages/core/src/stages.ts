import type { QuantEvent, RunOptions, Stage } from "./spec/index.ts";
import { QuantError } from "./spec/index.ts";

/** Times the stages of one run, tells of them, and stops between them when asked. */
export interface Stages {
  run<Result>(stage: Stage, work: (progress: (done: number, total: number | undefined) => void) => Promise<Result> | Result): Promise<Result>;
  readonly seconds: Readonly<Record<string, number>>;
  emit(event: QuantEvent): void;
}

/** At most ten progress events a second. */
const progressInterval = 0.1;

export function createStages(options: RunOptions): Stages {
  const seconds: Record<string, number> = {};
  const emit = (event: QuantEvent): void => options.onEvent?.(event);
  return {
    seconds,
    emit,
    run: async (stage, work) => {
      throwIfAborted(options.signal);
      const start = now();
      emit({ type: "stage-start", stage });
      let last = 0;
      const result = await work((done, total) => {
        throwIfAborted(options.signal);
        const passed = now() - start;
        if (passed - last < progressInterval && done !== total) return;
        last = passed;
        const secondsLeft = total === undefined || done === 0 ? undefined : (passed / done) * (total - done);
        emit({ type: "progress", stage, done, total, secondsLeft });
      });
      seconds[stage] = (seconds[stage] ?? 0) + now() - start;
      emit({ type: "stage-end", stage, seconds: seconds[stage] });
      throwIfAborted(options.signal);
      return result;
    },
  };
}

/** Seconds, monotonic. */
export function now(): number {
  return performance.now() / 1000;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new QuantError("aborted", "Quantization was aborted.", { cause: signal.reason });
}
