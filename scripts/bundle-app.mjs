// node scripts/bundle-app.mjs: type-checks the React Native example and bundles it with Metro, its models included. The app is no part
// of the workspace: its packages are installed here, and where they cannot be, this says so and ends well.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./steps.mjs";

const app = join(root, "examples", "react-native");
const inApp = { cwd: app, env: { CI: "1", EXPO_OFFLINE: "1", EXPO_NO_TELEMETRY: "1" } };
const script = (name, ...path) => [process.execPath, join(app, "node_modules", name, ...path)];

if (!existsSync(join(app, "node_modules", "expo")) && (await run(["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"], inApp)) !== 0)
  console.log("not bundled: the packages of the app could not be installed");
else {
  const failed = await firstFailure([
    ["models", [process.execPath, join(app, "scripts", "make-models.mjs")], { ...inApp, stdio: ["ignore", "ignore", "inherit"] }],
    ["types", script("typescript", "bin", "tsc"), inApp],
    ["bundle", [...script("expo", "bin", "cli"), "export", "--platform", "android", "--platform", "ios", "--no-bytecode", "--output-dir", "out"], inApp],
  ]);
  if (failed !== undefined) console.error(`the app's ${failed} failed`);
  process.exitCode = failed === undefined ? 0 : 1;
}

async function firstFailure(steps) {
  for (const [name, command, options] of steps) if ((await run(command, options)) !== 0) return name;
  return undefined;
}
