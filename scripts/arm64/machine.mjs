// An ARM64 machine for Node programs: this one, or one that QEMU emulates with what setup.mjs has put into out/arm64.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps.mjs";

export const folder = join(root, "out", "arm64");

/** QEMU 7.2 crashes when the runtime's binding is loaded; these do not. */
const oldestEmulator = 10;

/**
 * The command that a Node program's arguments are put behind, or the reason why there is none.
 *
 * @param {string} [cpu] the processor that is emulated, by QEMU's name: `max`, `cortex-a53`
 * @returns {{ readonly command: readonly string[] } | { readonly reason: string }}
 */
export function arm64Machine(cpu = "max") {
  if (process.platform !== "linux") return { reason: `the runtime's linux/arm64 build needs Linux, and this is ${process.platform}` };
  if (process.arch === "arm64") return { command: [process.execPath] };
  const emulator = [process.env.HALFTONE_QEMU_AARCH64, join(folder, "emulator", "usr", "bin", "qemu-aarch64"), "qemu-aarch64"]
    .filter((path) => path !== undefined)
    .find((path) => versionOf(path) >= oldestEmulator);
  if (emulator === undefined) return { reason: `there is no qemu-aarch64 of version ${oldestEmulator} or newer: run "node scripts/arm64/setup.mjs"` };
  const node = join(folder, "node", "bin", "node");
  if (!existsSync(node)) return { reason: 'there is no Node for ARM64: run "node scripts/arm64/setup.mjs"' };
  return { command: [emulator, "-cpu", cpu, "-L", join(folder, "root"), node] };
}

function versionOf(emulator) {
  const { stdout } = spawnSync(emulator, ["--version"], { encoding: "utf8" });
  return Number(/version (\d+)/.exec(stdout ?? "")?.[1] ?? 0);
}
