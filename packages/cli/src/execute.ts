import { exitCodeOf, exitCodes } from "./failure/exit-code.ts";
import { failureJson, printFailure } from "./failure/print-failure.ts";
import type { OutputOptions } from "./options/output.ts";
import type { Context, Outcome } from "./outcome.ts";
import { createProgress } from "./progress/progress.ts";
import type { World } from "./world.ts";

/** Hands a command's work to the program. */
export type Execute = (options: OutputOptions, work: (context: Context) => Promise<Outcome>) => Promise<void>;

/** Runs a command's work, prints what came out and answers with the exit code. What the work throws is not caught here. */
export async function execute(world: World, options: OutputOptions, work: (context: Context) => Promise<Outcome>): Promise<number> {
  const progress = createProgress(options.progress, world);
  let outcome: Outcome;
  try {
    outcome = await work({ cwd: world.cwd, signal: world.signal, onEvent: progress.event, note: progress.note });
  } finally {
    progress.close();
  }
  const { json, text, failure } = outcome;
  if (options.json) world.stdout.write(`${JSON.stringify({ ...json, ...(failure && { error: failureJson(failure) }) })}\n`);
  else world.stdout.write(`${text}\n`);
  if (failure === undefined) return exitCodes.ok;
  printFailure(failure, world.stderr);
  return exitCodeOf(failure.code);
}
