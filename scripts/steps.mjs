// What quickstart, test and check-packages share. Runs before anything is installed: only Node itself may be imported.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const minimumNode = [20, 19];

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const environment = {
  ...process.env,
  // onnxruntime-node ships its CPU binaries; its install script would fetch GPU libraries that nothing here uses.
  ONNXRUNTIME_NODE_INSTALL: "skip",
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
};

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/**
 * The script behind a package's command, so that it runs with this Node on every platform.
 * @returns {[string, ...string[]]}
 */
export function tool(packageName, command = packageName) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = readJson(join(folder, "package.json"));
  return [process.execPath, join(folder, typeof bin === "string" ? bin : bin[command])];
}

/** @returns {[string, ...string[]]} */
function npm() {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") ? [process.execPath, script] : [process.platform === "win32" ? "npm.cmd" : "npm"];
}

export function fail(message) {
  console.error(`\n✗ ${message}`);
  process.exit(1);
}

/**
 * Resolves to the exit code, 128 + n when a signal ended the command.
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, stdio?: import("node:child_process").StdioOptions }} [options]
 */
export function run([command, ...args], { env = {}, cwd = root, stdio = "inherit" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio, shell: command.endsWith(".cmd"), env: { ...environment, ...env } });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal === null ? code : 128 + (signal === "SIGINT" ? 2 : 15)));
  });
}

/**
 * Runs a command under a title and ends the whole program when it fails.
 * @param {string} title
 * @param {string[]} command
 * @param {Parameters<typeof run>[1]} [options]
 */
export async function step(title, command, options) {
  console.log(`\n▸ ${title}`);
  const started = performance.now();
  const code = await run(command, options);
  if (code !== 0) fail(`${title} failed (exit code ${code}); nothing after it was run`);
  console.log(`✓ ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = minimumNode;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    fail(`Halftone needs Node ${minimumNode.join(".")} or newer; this is Node ${process.versions.node}`);
  }
}

/** True when node_modules holds what the lock file asks for; packages for other platforms and optional ones do not count. */
function isInstalled() {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const installed = readJson(installedLock).packages;
  const wanted = Object.entries(readJson(join(root, "package-lock.json")).packages);
  return wanted.every(([path, entry]) => !path.startsWith("node_modules/") || entry.optional || entry.peer || installed[path]?.version === entry.version);
}

/**
 * What the lock file says, and the lock file stays as it is. Not `npm ci`: it refuses a lock file that does not name the
 * optional binaries of every platform, and a registry that mirrors only some of them makes such a file.
 */
export async function install() {
  requireNode();
  if (!isInstalled()) await step("install", [...npm(), "install", "--no-save", "--no-audit", "--no-fund"]);
}

/** Builds every package and example, or with `target` one workspace and what it depends on. The documentation site is apart. */
export async function build(target) {
  const filter = target === undefined ? "!@halftone/docs" : `${target}...`;
  if (await turboRuns()) return step("build", [...tool("turbo"), "run", "build", "--output-logs=errors-only", "--ui=stream", `--filter=${filter}`]);
  const rooms = ["packages/core", "packages/methods", "packages/backends", "packages/cli", "examples"];
  return step("build", [...npm(), "run", "build", "--if-present", ...rooms.map((room) => `--workspace=${room}`)]);
}

/** The registry may not have Turbo's binary for this platform; npm then builds the workspaces in their declared order. */
async function turboRuns() {
  return (await run([...tool("turbo"), "--version"], { stdio: "ignore" })) === 0;
}
