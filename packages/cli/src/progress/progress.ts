import type { CliEvent } from "../outcome.ts";
import type { World } from "../world.ts";
import { jsonProgress } from "./json.ts";
import { plainProgress } from "./plain.ts";
import { terminalProgress } from "./terminal.ts";

export const progressStyles = ["tty", "plain", "json", "none"] as const;
export type ProgressStyle = (typeof progressStyles)[number];

/** Tells people, or a program that watches, how far the work is. Writes to stderr only. */
export interface Progress {
  event(event: CliEvent): void;
  note(line: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

export function createProgress(style: ProgressStyle | undefined, { stderr, env }: World): Progress {
  const terminal = stderr.isTTY === true && env["TERM"] !== "dumb" && env["CI"] === undefined;
  switch (style ?? (terminal ? "tty" : "plain")) {
    case "tty":
      return terminalProgress(stderr);
    case "plain":
      return plainProgress(stderr);
    case "json":
      return jsonProgress(stderr);
    case "none":
      return { event: () => {}, note: (line) => stderr.write(`${line}\n`), close: () => {} };
  }
}
