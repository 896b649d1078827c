// npm test [-- --full] [vitest arguments]: installs what is missing, builds, checks, tests. Stops at the first failure.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, fail, install, root, run, step, tool } from "./steps.mjs";

const full = process.argv.includes("--full");
const vitestArguments = process.argv.slice(2).filter((argument) => argument !== "--full");

await install();
await build();
await step("lint", [...tool("@biomejs/biome", "biome"), "ci", "--error-on-warnings", ...(process.stdout.isTTY ? [] : ["--colors=off"]), "."]);
await step("boundaries", [process.execPath, join(root, "scripts", "check-boundaries.mjs")]);
await step("types", [...tool("typescript", "tsc"), "-p", "tsconfig.json"]);
// A page has other globals than everything else here.
await step("types of the page", [...tool("typescript", "tsc"), "-p", "examples/playground/tsconfig.json"]);
// Against what the packages publish, so that a name which moved is missed at once.
await step("types of the scripts", [...tool("typescript", "tsc"), "-p", "scripts/tsconfig.json"]);
await step("packages", [process.execPath, join(root, "scripts", "check-packages.mjs")]);
await step("size", [process.execPath, join(root, "scripts", "check-size.mjs")]);
if (full) {
  await step("docs", [...tool("vitepress"), "build", "docs"]);
  for (const name of ["custom-method", "node-quickstart"]) {
    const cwd = join(root, "examples", name);
    await step(`example ${name}`, [process.execPath, join(cwd, "dist", "main.js")], { cwd });
  }
  await step("example react-native", [process.execPath, join(root, "scripts", "bundle-app.mjs")]);
  await step("ARM64", [process.execPath, join(root, "scripts", "arm64", "compare.mjs")]);
}
await test();

async function test() {
  console.log(`\n▸ tests${full ? " (full)" : ""}`);
  const folder = mkdtempSync(join(tmpdir(), "halftone-test-"));
  const summary = join(folder, "summary.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${summary}`];
    const code = await run([...tool("vitest"), "run", ...reporters, ...vitestArguments], { env: full ? { HALFTONE_FULL: "1" } : {} });
    const { passed, failed, skipped } = count(JSON.parse(readFileSync(summary, "utf8")));
    if (code !== 0) console.error(`\n✗ tests failed (exit code ${code})`);
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
    process.exitCode = code;
  } catch (error) {
    fail(`tests ended without a summary: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that could not even be loaded holds no test to count: it counts as one that failed. */
function count({ numPassedTests, numFailedTests, numPendingTests, testResults }) {
  const unloadable = testResults.filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed")).length;
  return { passed: numPassedTests, failed: numFailedTests + unloadable, skipped: numPendingTests };
}
