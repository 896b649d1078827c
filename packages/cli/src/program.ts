import { createRequire } from "node:module";
import { Command } from "commander";
import { applyCommand } from "./commands/apply.ts";
import { compareCommand } from "./commands/compare.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { packCommand } from "./commands/pack.ts";
import { quantizeCommand } from "./commands/quantize.ts";
import { sensitivityCommand } from "./commands/sensitivity.ts";
import { tuneCommand } from "./commands/tune.ts";
import { verifyCommand } from "./commands/verify.ts";
import { workerCommand } from "./commands/worker.ts";
import { type Execute, execute } from "./execute.ts";
import type { World } from "./world.ts";

const exits = `
Exit codes: 0 done; 1 the command line or the configuration is wrong; 2 the model, the data or the machine;
3 accuracy below --tolerance, or runtimes that disagree; 130 interrupted. All shares and --tolerance are in percent (points).`;

/** The commands; `finish` learns the exit code of the one that ran. */
export function createProgram(world: World, finish: (code: number) => void): Command {
  const run: Execute = async (options, work) => finish(await execute(world, options, work));
  const program = new Command("halftone")
    .description("Post-training quantization of ONNX models")
    .version(version(), "-V, --version")
    .addHelpText("after", exits)
    .showSuggestionAfterError();
  for (const command of [
    inspectCommand,
    quantizeCommand,
    evaluateCommand,
    compareCommand,
    verifyCommand,
    sensitivityCommand,
    applyCommand,
    packCommand,
    tuneCommand,
    workerCommand,
  ])
    program.addCommand(command(run));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      // Errors are thrown and printed once, in one form, by `run`.
      outputError: () => {},
    });
  }
  return program;
}

function version(): string {
  return (createRequire(import.meta.url)("../package.json") as { readonly version: string }).version;
}
