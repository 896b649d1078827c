import { definePlugin } from "@halftone/core";
import { threeSigma } from "./three-sigma.ts";

/**
 * Gives the method a name for configuration files and the command line: `halftone quantize ... --plugin ./plugin.js --method three-sigma`; and says what
 * of its options `halftone tune` may choose.
 */
export default definePlugin({
  name: "@halftone/example-custom-method",
  methods: { "three-sigma": (options) => threeSigma(options) },
  dimensions: { "three-sigma": [{ name: "deviations", values: [2, 3, 4] }] },
});
