import { QuantError } from "@halftone/core";
import { CommanderError } from "commander";
import { asQuantError } from "./failure/as-quant-error.ts";
import { exitCodeOf, exitCodes } from "./failure/exit-code.ts";
import { failureJson, printFailure } from "./failure/print-failure.ts";
import { createProgram } from "./program.ts";
import type { World } from "./world.ts";

/** The whole command: `argv` is what follows its name. Never rejects; answers with the exit code. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  let exitCode: number = exitCodes.ok;
  try {
    await createProgram(world, (code) => {
      exitCode = code;
    }).parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && isHelp(thrown)) return argv.length === 0 ? exitCodes.user : exitCodes.ok;
    const error = thrown instanceof CommanderError ? usageError(thrown) : asQuantError(thrown, world.signal);
    if (argv.includes("--json")) world.stdout.write(`${JSON.stringify({ error: failureJson(error) })}\n`);
    printFailure(error, world.stderr);
    return exitCodeOf(error.code);
  }
}

function isHelp({ code }: CommanderError): boolean {
  return ["commander.help", "commander.helpDisplayed", "commander.version"].includes(code);
}

function usageError({ message }: CommanderError): QuantError {
  const text = message.replace(/^error: /, "").replace(/\n/g, " ");
  return new QuantError("invalid-config", `${text[0]!.toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? "" : "."} See halftone help.`);
}
