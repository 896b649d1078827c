import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a program and reads its answer: JSON, the last line of what it prints. Rejects as `execFile` does when the program fails
 * or takes longer than `seconds`.
 */
export async function askProcess<Answer>(command: readonly string[], { seconds = 0 }: { readonly seconds?: number } = {}): Promise<Answer> {
  const [program = "", ...parameters] = command;
  const { stdout } = await promisify(execFile)(program, parameters, { maxBuffer: 1e8, timeout: 1000 * seconds, killSignal: "SIGKILL" });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
