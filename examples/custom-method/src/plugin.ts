import { definePlugin } from "@halftone/core";
import { threeSigma } from "./three-sigma.ts";

/** Gives the method a name for configuration files and the command line: `halftone quantize ... --plugin ./plugin.js --method three-sigma`. */
export default definePlugin({
  name: "@halftone/example-custom-method",
  methods: { "three-sigma": (options) => threeSigma(options) },
});
