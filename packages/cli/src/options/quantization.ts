import type { OutlierHandling, Scheme, Scope } from "@halftone/core";
import { type Command, Option } from "commander";
import { calibrations, granularities, outlierHandlings, schemes, scopes } from "./names.ts";
import { type Assignments, assignments, type Bits, bits, oneOf, patterns, repeated, wholeNumber } from "./parse.ts";
import { addShapeOption, type ShapeOptions } from "./shapes.ts";

/** The flags that say how to quantize; each wins over the same field of the configuration file. */
export interface QuantizationOptions extends ShapeOptions {
  readonly method?: string;
  readonly methodOption?: Assignments;
  readonly target?: string;
  readonly bits?: Bits;
  readonly scope?: Scope;
  readonly outliers?: OutlierHandling;
  readonly calibration?: (typeof calibrations)[number];
  readonly scheme?: Scheme;
  readonly granularity?: (typeof granularities)[number];
  readonly samples?: number;
  readonly seed?: number;
  readonly searchSamples?: number;
  /** MB. */
  readonly maxMemory?: number;
  /** Path. */
  readonly bridges?: string;
  readonly exclude?: readonly string[];
  readonly config?: string;
  readonly plugin?: readonly string[];
}

/** Everything that decides how a model is quantized, but for the data. */
export function addRecipeOptions(command: Command): Command {
  return addPluginOption(
    command
      .option("--method <name>", "quantization method (default: min-max with each calibration, the best wins)")
      .option("--method-option <key=value>", "option of the method, its value JSON or text; may be repeated", assignments("--method-option"))
      .option("--target <name>", "what will run the model (default: this machine's CPU)")
      .option("--bits <w8a8>", "width of weights and activations, from 2 to 16", bits("--bits"))
      .addOption(
        new Option("--scope <scope>", "what is put on a grid: what products need, or everything (default: partial)")
          .choices(scopes)
          .argParser(oneOf("--scope", scopes)),
      )
      .addOption(
        new Option("--outliers <where>", "hidden units that reach far beyond all others: computed apart, or together with them (default: apart)")
          .choices(outlierHandlings)
          .argParser(oneOf("--outliers", outlierHandlings)),
      )
      .addOption(
        new Option("--calibration <kind>", "how ranges of activations are found (default: each is tried, the best on the calibration data wins)")
          .choices(calibrations)
          .argParser(oneOf("--calibration", calibrations)),
      )
      .addOption(
        new Option("--scheme <scheme>", "zero point and sign of activations; weights stay symmetric").choices(schemes).argParser(oneOf("--scheme", schemes)),
      )
      .addOption(
        new Option("--granularity <granularity>", "of weights: one scale per tensor or per output channel")
          .choices(granularities)
          .argParser(oneOf("--granularity", granularities)),
      )
      .option("--exclude <regex>", "leave nodes whose whole name matches in float; may be repeated", patterns("--exclude"))
      .option("--config <file>", "JSON configuration; flags win over it"),
  );
}

/** The recipe, and how the data is drawn. */
export function addQuantizationOptions(command: Command): Command {
  return addShapeOption(addRecipeOptions(command))
    .option("--samples <n>", "samples to calibrate with, drawn by seed (default: 128, or three quarters of fewer)", wholeNumber("--samples", 1))
    .option("--seed <n>", "seed of every draw (default: 0)", wholeNumber("--seed", 0))
    .option("--search-samples <n>", "samples that a method which searches looks at (default: 32)", wholeNumber("--search-samples", 1))
    .option("--max-memory <MB>", "memory for what a search holds of layers (default: 1024)", wholeNumber("--max-memory", 1))
    .option("--bridges <file>", "bridge blocks instead of those found: a JSON list of lists of node names");
}

export function addPluginOption(command: Command): Command {
  return command.option("--plugin <module>", "package or file whose default export brings methods, targets or backends; may be repeated", repeated);
}
