// npm run quickstart: from a fresh clone to a quantized, measured model.
import { join } from "node:path";
import { build, install, root, run } from "./steps.mjs";

const example = join(root, "examples", "node-quickstart");

await install();
await build("@halftone/example-node-quickstart");
console.log("");
process.exitCode = await run([process.execPath, join(example, "dist", "main.js"), ...process.argv.slice(2)], { cwd: example });
