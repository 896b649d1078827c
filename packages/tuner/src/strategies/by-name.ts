import { QuantError, type SearchStrategy } from "@halftone/core";
import { boostedTrees } from "./boosted-trees.ts";
import { geneticSearch } from "./genetic.ts";
import { gridSearch } from "./grid.ts";
import { randomSearch } from "./random.ts";
import { successiveHalving } from "./successive-halving.ts";
import { transferSearch } from "./transfer/transfer.ts";
import { transferPaperSearch } from "./transfer-paper/transfer-paper.ts";

/** Those that {@link strategyByName} knows. */
export const strategyNames = ["transfer", "transfer-paper", "boosted-trees", "random", "grid", "genetic", "genetic-paper"] as const;

/** As a command line or a configuration file names it; `halving:NAME` wraps any of them. @throws `unknown-name`. */
export function strategyByName(name: string): SearchStrategy {
  if (name.startsWith("halving:")) return successiveHalving(strategyByName(name.slice("halving:".length)));
  switch (name as (typeof strategyNames)[number]) {
    case "transfer":
      return transferSearch();
    case "transfer-paper":
      return transferPaperSearch();
    case "boosted-trees":
      return boostedTrees();
    case "random":
      return randomSearch();
    case "grid":
      return gridSearch();
    case "genetic":
      return geneticSearch();
    case "genetic-paper":
      return geneticSearch({ preset: "paper" });
    default:
      throw new QuantError("unknown-name", `There is no search strategy "${name}"; known: ${strategyNames.join(", ")}, and halving: before any of them.`, {
        details: { name },
      });
  }
}
