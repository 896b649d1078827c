import { formatDecibel, formatSeconds } from "@halftone/core";
import type { TextSink } from "../world.ts";
import type { Progress } from "./progress.ts";

/** A line when a stage ends, and at most three on its way: for logs. */
export function plainProgress(stderr: TextSink): Progress {
  const line = (text: string): void => void stderr.write(`${text}\n`);
  let quarter = 0;
  return {
    event: (event) => {
      if (event.type === "stage-start") quarter = 0;
      if (event.type === "stage-end") line(`${event.stage.padEnd(11)} ${formatSeconds(event.seconds)}`);
      if (event.type === "plan-compared") line(`${event.method}: ${formatDecibel(event.sqnrDb)} on calibration samples`);
      if (event.type === "trial-end") line(event.text);
      if (event.type === "sample-skipped") line(`skipped ${event.sample}: ${event.reason}`);
      if (event.type !== "progress" || event.total === undefined) return;
      const passed = Math.floor((4 * event.done) / event.total);
      if (passed <= quarter || passed >= 4) return;
      quarter = passed;
      const left = event.secondsLeft === undefined ? "" : `, ${formatSeconds(event.secondsLeft)} left`;
      const far = Number.isInteger(event.done) ? `${event.done} of ${event.total}` : `${Math.floor((100 * event.done) / event.total)} %`;
      line(`${event.stage.padEnd(11)} ${far}${left}`);
    },
    note: line,
    close: () => {},
  };
}
