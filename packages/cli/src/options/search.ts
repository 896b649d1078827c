import { type Command, Option } from "commander";
import { scores } from "./names.ts";
import { bits, duration, oneOf, realNumber, repeated, wholeNumber } from "./parse.ts";

/** The flags of a search. */
export interface SearchFlags {
  readonly target?: string;
  readonly trials: number;
  readonly seed: number;
  readonly journal: string;
  readonly resume?: boolean;
  readonly space: string;
  readonly method?: readonly string[];
  readonly bits?: readonly string[];
  readonly sensitive?: readonly number[];
  readonly strategy: string;
  readonly transfer?: readonly string[];
  readonly score?: (typeof scores)[number];
  readonly evaluation: number;
  readonly searchSamples?: number;
  readonly maxMemory?: number;
  /** Seconds. */
  readonly timeBudget?: number;
  /** Points, or nats. */
  readonly targetDrop?: number;
  readonly smallestWithin?: number;
  readonly fastestWithin?: number;
  readonly plugin?: readonly string[];
  readonly isolate?: boolean;
  readonly queue?: string;
  readonly parallel?: number;
}

/** What a trial in a process of its own may take. */
export interface LimitFlags {
  /** Seconds. */
  readonly trialTimeout?: number;
  /** MB. */
  readonly trialMemory?: number;
}

export function addLimitOptions(command: Command): Command {
  return command
    .option("--trial-timeout <time>", "a trial in a process of its own fails when it takes longer, such as 10m", duration("--trial-timeout"))
    .option("--trial-memory <MB>", "and when it takes more memory than that (Linux)", wholeNumber("--trial-memory", 64));
}

/** Where trials are carried out. */
export function addExecutorOptions(command: Command): Command {
  command
    .option("--isolate", "carry trials out in a process of their own: one that crashes the runtime is a failed trial")
    .addOption(new Option("--queue <url>", "have trials carried out by halftone worker, through Redis or Valkey at redis://host:6379").conflicts("isolate"))
    .option("--parallel <n>", "trials at once, with --isolate (default: 1) or --queue (default: 4)", wholeNumber("--parallel", 1));
  return addLimitOptions(command);
}

export function addSearchOptions(command: Command): Command {
  return command
    .requiredOption("--journal <file>", "where every finished trial goes at once (JSON lines); what was measured is never lost")
    .option("--target <name>", "what will run the model (default: this machine's CPU)")
    .option("--trials <n>", "how many trials there are to be in the journal at the end", wholeNumber("--trials", 1), 30)
    .option("--seed <n>", "seed of every draw", wholeNumber("--seed", 0), 0)
    .option("--resume", "go on with the journal of an interrupted search")
    .option("--space <preset|file>", "what is chosen from: quantune-96, integer-only-12, full, or a JSON file", "quantune-96")
    .option("--method <name>", "method to choose from in the space full; may be repeated (default: min-max alone)", repeated)
    .option("--bits <w8a8>", "widths to choose from in the space full; may be repeated (default: w8a8 alone)", widths)
    .option("--sensitive <k>", "how many of the most sensitive layers stay in float, to choose from in the space full; may be repeated", counts)
    .option("--strategy <name>", "transfer, transfer-paper, boosted-trees, random, grid, genetic, genetic-paper; halving: before any of them", "transfer")
    .option("--transfer <journal>", "journal of another model to learn from; may be repeated", repeated)
    .addOption(
      new Option(
        "--score <name>",
        "without labels: agreement of the first class with the float model's (default), or kl, the divergence of all classes in nats",
      )
        .choices(scores)
        .argParser(oneOf("--score", scores))
        .conflicts("labels"),
    )
    .option("--evaluation <n>", "samples that a trial is scored on, at most, kept apart from calibration", wholeNumber("--evaluation", 1), 256)
    .option("--search-samples <n>", "samples that a method which searches looks at (default: 32)", wholeNumber("--search-samples", 1))
    .option("--max-memory <MB>", "memory for what a method holds of layers (default: 1024)", wholeNumber("--max-memory", 1))
    .option("--time-budget <time>", "start no trial later than this, such as 90s, 15m or 2h", duration("--time-budget"))
    .option(
      "--target-drop <points>",
      "stop at the first trial that is at most so far below the float model (nats with --score kl, as in the next two)",
      realNumber("--target-drop", 0),
    )
    .addOption(
      new Option("--smallest-within <points>", "the winner is the smallest model at most so far below the float model")
        .argParser(realNumber("--smallest-within", 0))
        .conflicts("fastestWithin"),
    )
    .option("--fastest-within <points>", "the winner is the fastest model at most so far below the float model", realNumber("--fastest-within", 0));
}

function counts(text: string, before: readonly number[] | undefined): readonly number[] {
  return [...(before ?? []), wholeNumber("--sensitive", 0)(text)];
}

function widths(text: string, before: readonly string[] | undefined): readonly string[] {
  bits("--bits")(text);
  return repeated(text.toLowerCase(), before);
}
