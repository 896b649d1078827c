import { type Command, Option } from "commander";
import { type ProgressStyle, progressStyles } from "../progress/progress.ts";
import { oneOf } from "./parse.ts";

export interface OutputOptions {
  readonly json?: boolean;
  readonly progress?: ProgressStyle;
}

export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON object on stdout, everything else on stderr")
    .addOption(
      new Option("--progress <style>", "how progress is shown on stderr; default: tty on a terminal, else plain")
        .choices(progressStyles)
        .argParser(oneOf("--progress", progressStyles)),
    );
}
