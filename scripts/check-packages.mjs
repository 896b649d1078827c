// What npm would publish: the exports map against the built files (publint) and types as consumers resolve them (attw).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, step, tool } from "./steps.mjs";

const folders = readdirSync(join(root, "packages"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name === "package.json" && !entry.parentPath.includes("node_modules"))
  .map((entry) => entry.parentPath);

for (const folder of folders.toSorted()) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  await step(`publint ${manifest.name}`, [...tool("publint"), "run", folder, "--strict"]);
  if (manifest.exports["."] !== undefined)
    await step(`attw ${manifest.name}`, [...tool("@arethetypeswrong/cli", "attw"), "--pack", folder, "--profile", "esm-only", "--format", "ascii"]);
}
