const { readFileSync, realpathSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { getDefaultConfig } = require("expo/metro-config");

const config = getDefaultConfig(__dirname);

// Models and samples are files of the app.
config.resolver.assetExts.push("ort", "onnx", "bin");

// @halftone packages, and what they need, are the repository's and lie outside of this folder. An app that installs them from npm leaves this out.
const modules = resolve(__dirname, "../../node_modules");
const packages = [...closure(["@halftone/core", "@halftone/min-max", "@halftone/mobile"])].map((name) => [name, realpathSync(join(modules, name))]);
config.watchFolders = packages.map(([, path]) => path);
config.resolver.extraNodeModules = Object.fromEntries(packages);

module.exports = config;

function closure(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    closure(Object.keys(JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).dependencies ?? {}), found);
  }
  return found;
}
