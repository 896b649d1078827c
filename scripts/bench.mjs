// npm run bench -- NAME [arguments]: builds and runs one benchmark of bench/src; without a name, lists them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build, fail, install, root, run } from "./steps.mjs";

const names = readdirSync(join(root, "bench", "src"), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
  .map((entry) => entry.name.replace(/\.ts$/, ""));
const [name, ...benchArguments] = process.argv.slice(2);

if (!names.includes(name)) fail(`name a benchmark: npm run bench -- ${names.join(" | ")}`);
await install();
await build("@halftone/bench");
process.exitCode = await run([process.execPath, join(root, "bench", "dist", `${name}.js`), ...benchArguments]);
