// node search-speed.js [MODEL] [ROUNDS]: how fast a search tries encodings of a layer. A candidate is the layer's product with one side on a new grid,
// compared with the float product: GFLOP/s of that over those of the float layer, a session of its single node on the same rows. Both count
// 2 x rows x depth x columns operations, and nothing for what a candidate does besides. Asked: at least 0.7.
import { readFile } from "node:fs/promises";
import { type AffineEncoding, type Layer, type StartingPlan, startingObservations, startingPlan } from "@halftone/core";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { distinctLayers } from "./search-speed/distinct-layers.ts";
import { measureLayer } from "./search-speed/measure-layer.ts";
import { type MeasuredLayer, speedTable } from "./search-speed/speed-table.ts";
import { withPlanContext } from "./search-speed/with-context.ts";
import { machineInWords } from "./shared/machine.ts";
import { openWorkload } from "./shared/open-workload.ts";

const [name = "vit-tiny-patch16-224", rounds = "10"] = process.argv.slice(2);
const samples = 32;

const workload = await openWorkload(name, { calibration: samples, evaluation: 0 });
const backend = nodeBackend();
const options = {
  model: { model: await readFile(workload.model) },
  source: workload.calibration,
  backend,
  target: await nodeTarget(),
  search: { samples },
};

const measured = await withPlanContext(options, startingObservations, async ({ graph, placement, statistics, runtime }) => {
  const start = startingPlan(graph, placement, statistics);
  const layers: MeasuredLayer[] = [];
  for (const { layer, count } of distinctLayers(graph, runtime.layers)) {
    const [left, right] = sidesOf(layer, start);
    if (!left || !right) continue;
    const [sample] = await runtime.sample([layer]);
    layers.push({ layer, count, speed: await measureLayer(sample!, { left, right }, { backend, runtime, rounds: Number(rounds) }) });
  }
  return layers;
});

console.log(`GFLOP/s of a candidate over those of the float layer: ${name} on ${machineInWords()}\n`);
console.log(speedTable(measured));

/** The encodings both sides start from; undefined where a side stays float. */
function sidesOf({ operands, weight }: Layer, start: StartingPlan): readonly [AffineEncoding | undefined, AffineEncoding | undefined] {
  const encodingOf = (tensor: string): AffineEncoding | undefined => {
    const own = start.operands[tensor]?.encoding;
    return own?.kind === "affine" ? own : start.encodings[tensor];
  };
  return [encodingOf(operands[0]!), encodingOf(weight ?? operands[1]!)];
}
