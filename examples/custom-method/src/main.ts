// Compares a method of one's own with min-max on a real model.
import { formatDecibel } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { compareMethods } from "./compare-methods.ts";
import { threeSigma } from "./three-sigma.ts";

for (const [name, { report }] of Object.entries(await compareMethods([minMax(), threeSigma()]))) {
  const [distance] = Object.values(report.outputs);
  console.log(`${name.padEnd(12)} ${report.nodes.quantized} of ${report.nodes.total} nodes, SQNR ${formatDecibel(distance!.sqnrDb)}`);
}
