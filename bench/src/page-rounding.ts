// npm run bench -- page-rounding [MODELS] [--calibration 4]: how far scales of a plan lie apart when the same float network is run by other kernels: in a
// page on WebAssembly, and on Node without the graph optimizer. Both are held against Node as it is. Activations' scales, min-max.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Backend, plan, planDifferences } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { webWasmInteger } from "@halftone/web";
import { chromiumBackend } from "@halftone/web/chromium";
import { assetsFolder } from "./shared/assets.ts";
import { openWorkload } from "./shared/open-workload.ts";
import { tableLines } from "./shared/table-lines.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { calibration: { type: "string", default: "4" } } });
const models = positionals[0]?.split(",") ?? ["mobilenet-v2-1.0-224", "mobilevit-imagenette", "mobilevitv2-imagenette", "vit-tiny-patch16-224"];

const unoptimized: Backend = { name: "node-unoptimized", open: (model, options) => nodeBackend().open(model, { ...options, optimization: "disabled" }) };
const page = chromiumBackend("wasm");
try {
  const rows: string[][] = [];
  for (const model of models) {
    if (!existsSync(join(assetsFolder(), "models", model))) {
      console.error(`skipped: ${model} is not in ${assetsFolder()}; set HALFTONE_ASSETS`);
      continue;
    }
    const workload = await openWorkload(model, { calibration: Number(values.calibration), evaluation: 0 });
    const planOn = (backend: Backend) =>
      plan({
        model: { model: new Uint8Array(readFileSync(workload.model)) },
        source: workload.calibration,
        target: webWasmInteger(),
        method: minMax({ calibration: "max" }),
        backend,
      });
    const reference = await planOn(nodeBackend());
    const cells = [page, unoptimized].map(async (backend) => {
      const { scale, others } = planDifferences(await planOn(backend), reference);
      for (const other of others.slice(0, 4)) console.error(`  ${backend.name} ${other}`);
      return `${scale.toExponential(1)} (${(scale / 2 ** -23).toFixed(0)} ulp), ${others.length} others`;
    });
    rows.push([model, ...(await Promise.all(cells))]);
    console.error(rows.at(-1)!.join("  "));
  }
  console.log(tableLines(["model", "page, WebAssembly", "Node without optimizer"], rows, 3).join("\n"));
} finally {
  await page.close();
}
