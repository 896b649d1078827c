import type { QuantEvent } from "@halftone/core";
import type { TextSink } from "../world.ts";
import type { Progress } from "./progress.ts";

/** One JSON object per line. The plan and the report are left out: they are in the files and in the result. */
export function jsonProgress(stderr: TextSink): Progress {
  const line = (value: object): void => void stderr.write(`${JSON.stringify(value)}\n`);
  return {
    event: (event) => {
      if (event.type === "plan-end" || event.type === "verification-end") line({ type: event.type } satisfies Pick<QuantEvent, "type">);
      else if (event.type === "trial-end") line({ ...event, text: undefined });
      else line(event);
    },
    note: (text) => line({ type: "note", text }),
    close: () => {},
  };
}
