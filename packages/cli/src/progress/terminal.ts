import { formatDecibel, formatSeconds, type QuantEvent } from "@halftone/core";
import type { TextSink } from "../world.ts";
import type { Progress } from "./progress.ts";

const clearLine = "\r\u001b[2K";
const widestBar = 24;

/** One line that is drawn over itself, with a bar and the time left; what is worth keeping scrolls by above it. */
export function terminalProgress(stderr: TextSink): Progress {
  const width = (): number => (stderr.columns ?? 80) - 1;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write(clearLine);
    drawn = false;
  };
  const draw = (text: string): void => {
    stderr.write(clearLine + text.slice(0, width()));
    drawn = true;
  };
  const keep = (text: string): void => {
    clear();
    stderr.write(`${text}\n`);
  };
  return {
    event: (event) => {
      if (event.type === "stage-start") draw(event.stage);
      if (event.type === "progress") draw(progressLine(event, width()));
      if (event.type === "stage-end") keep(`${event.stage.padEnd(11)} ${formatSeconds(event.seconds)}`);
      if (event.type === "plan-compared") keep(`${event.method}: ${formatDecibel(event.sqnrDb)} on calibration samples`);
      if (event.type === "trial-end") {
        keep(event.text);
        draw(progressLine({ type: "progress", stage: "search", done: event.done, total: event.total, secondsLeft: event.secondsLeft }, width()));
      }
      if (event.type === "sample-skipped") keep(`skipped ${event.sample}: ${event.reason}`);
    },
    note: keep,
    close: clear,
  };
}

type Far = Omit<Extract<QuantEvent, { type: "progress" }>, "stage"> & { readonly stage: string };

function progressLine({ stage, done, total, secondsLeft }: Far, width: number): string {
  if (total === undefined) return `${stage.padEnd(11)} ${done}`;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const left = secondsLeft === undefined ? "" : `  ${formatSeconds(secondsLeft)} left`;
  // A search tells how far it is, not how many of something it has done.
  const counts = Number.isInteger(done) && total > 1 ? `  ${done}/${total}` : "";
  const figures = `${stage.padEnd(11)} ${String(Math.floor(100 * share)).padStart(3)} %${counts}${left}`;
  const length = Math.max(0, Math.min(widestBar, width - figures.length - 2));
  const filled = Math.floor(share * length);
  return `${figures}  ${"█".repeat(filled)}${"░".repeat(length - filled)}`;
}
