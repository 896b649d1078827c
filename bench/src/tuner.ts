// npm run bench:tuner [-- --json --seeds 100 --tolerance 0.1 --strategies transfer,random --sources 5 --landscapes measured]: how many trials each strategy needs on the landscapes of
// Quantune (every configuration of six networks, measured by the paper's author) and on those of bench/landscapes (measured here, by `npm run bench --
// landscape`), and how that compares with drawing at random. A network that is searched is known by its features and float accuracy; `transfer` and
// `transfer-paper` also know the other networks of its set. Only what was asked for counts and is told. --json ends with one line: the rows of Quantune's
// landscapes by strategy, those of the others under `measured`.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { boostedTrees, geneticSearch, gridSearch, randomSearch, transferPaperSearch, transferSearch } from "@halftone/tuner";
import type { Landscape } from "./tuner/landscape.ts";
import { readMeasured } from "./tuner/measured.ts";
import { readQuantune } from "./tuner/quantune.ts";
import { expectedRandom, trialsTo } from "./tuner/search.ts";

const { values: flags } = parseArgs({
  options: {
    json: { type: "boolean" },
    seeds: { type: "string", default: "100" },
    /** Points of the best that count as the best. */
    tolerance: { type: "string", default: "0.1" },
    strategies: { type: "string" },
    /** `quantune`, `measured`, or both. */
    landscapes: { type: "string", default: "quantune,measured" },
    /** Networks that transfer learns from, at most: with fewer than there are, the mean over every choice of so many. */
    sources: { type: "string", default: "5" },
  },
});
const file = join(resolve(process.env.HALFTONE_ASSETS ?? "../shared/assets"), "quantune", "landscapes.json");
const tolerance = Number(flags.tolerance);
/** They draw nothing: every seed gives the same trials. */
const seedless = ["transfer", "transfer-paper", "grid"];
/** They are told what is known of other networks. */
const learning = ["transfer", "transfer-paper"];
const strategies = [transferSearch(), transferPaperSearch(), boostedTrees(), geneticSearch(), geneticSearch({ preset: "paper" }), randomSearch(), gridSearch()];

const sets = flags.landscapes.split(",");
const result: Record<string, unknown> = { tolerance, seeds: Number(flags.seeds) };
if (sets.includes("quantune")) {
  if (!existsSync(file)) console.log(`skipped: ${file} is not there; set HALFTONE_ASSETS`);
  else Object.assign(result, await bench("Quantune's landscapes", await readQuantune(file), Number(flags.seeds)));
}
if (sets.includes("measured")) {
  const folder = fileURLToPath(new URL("../landscapes", import.meta.url));
  result["measured"] = await bench("Landscapes measured here", await readMeasured(folder), Number(flags.seeds));
}
if (flags.json) console.log(JSON.stringify(result));

async function bench(title: string, landscapes: readonly Landscape[], seeds: number): Promise<Readonly<Record<string, unknown>>> {
  const expected = landscapes.map((landscape) => expectedRandom(landscape, tolerance));
  const wanted = flags.strategies?.split(",");
  console.log(
    `${title}: trials to within ${tolerance} points of the best, mean of ${seeds} seeds; in brackets how many times fewer than random in expectation.\n`,
  );
  console.log(`| strategy | ${landscapes.map(({ name, table }) => `${name} (${table.trials.length})`).join(" | ")} | geometric mean | worst |`);
  console.log(`|---|${landscapes.map(() => "---:|").join("")}---:|---:|`);
  console.log(`| random, expected | ${expected.map((trials) => trials.toFixed(1)).join(" | ")} | 1.00 | 1.00 |`);
  const rows: Record<string, unknown> = {};
  for (const strategy of strategies.filter(({ name }) => wanted === undefined || wanted.includes(name))) {
    const means = landscapes.map((landscape) => {
      const others = landscapes.filter((other) => other !== landscape).map(({ table }) => table);
      const known = learning.includes(strategy.name) ? choices(others, Math.min(others.length, Number(flags.sources))) : [[]];
      const runs = seedless.includes(strategy.name) ? 1 : seeds;
      return mean(known.flatMap((tables) => Array.from({ length: runs }, (_, seed) => trialsTo(landscape, strategy, tables, tolerance, seed))));
    });
    const ratios = means.map((trials, index) => expected[index]! / trials);
    const [geomeanOverRandom, worstOverRandom] = [Math.exp(mean(ratios.map(Math.log))), Math.min(...ratios)];
    const cells = means.map((trials, index) => `${trials.toFixed(2)} (${ratios[index]!.toFixed(2)})`);
    console.log(`| ${[strategy.name, ...cells, geomeanOverRandom.toFixed(2), worstOverRandom.toFixed(2)].join(" | ")} |`);
    const trials = Object.fromEntries(landscapes.map(({ name }, index) => [name, { trials: means[index], overRandom: ratios[index] }]));
    rows[strategy.name] = { geomeanOverRandom, worstOverRandom, models: trials };
  }
  console.log("");
  return rows;
}

/** Every way to choose `count` of the items. */
function choices<Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] {
  if (count === 0) return [[]];
  return items.flatMap((item, index) => choices(items.slice(index + 1), count - 1).map((rest) => [item, ...rest]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
