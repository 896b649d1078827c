import { parseArgs } from "node:util";
import { QuantError } from "@halftone/core";
import { models } from "./models.ts";
import type { RowIdentity } from "./row.ts";

/** Rows that belong together: every model with every configuration and every method. */
export interface Suite {
  readonly title: string;
  readonly models: readonly string[];
  readonly configs: readonly string[];
  readonly methods: readonly string[];
}

/** What the user asks for. */
export interface Request {
  readonly suites: readonly Suite[];
  readonly calibration: number;
  /** Evaluation samples of each model, at most. */
  readonly evaluate: number;
  readonly seed: number;
  readonly journal: string;
  /** Measure rows again that the journal has. */
  readonly again: boolean;
  /** Only print what the journal has. */
  readonly print: boolean;
  /** A row that takes longer fails. */
  readonly minutes: number;
}

export const usage =
  "[--models A,B] [--methods A,B] [--configs A,B] [--evaluate N] [--calibration 32] [--seed 0] [--journal FILE] [--again] [--print] [--minutes 60]";

/** @throws `invalid-config` naming the flag. */
export function parseRequest(parameters: readonly string[], suites: readonly Suite[], journal: string): Request {
  const { values } = parse(parameters);
  return {
    suites: filtered(suites, values),
    calibration: wholeNumber("calibration", values.calibration, 1),
    evaluate: values.evaluate === undefined ? Number.POSITIVE_INFINITY : wholeNumber("evaluate", values.evaluate, 1),
    seed: wholeNumber("seed", values.seed, 0),
    journal: values.journal ?? journal,
    again: values.again,
    print: values.print,
    minutes: wholeNumber("minutes", values.minutes, 1),
  };
}

export function rowsOf(suite: Suite, { calibration, evaluate, seed }: Pick<Request, "calibration" | "evaluate" | "seed">): readonly RowIdentity[] {
  return suite.models.flatMap((model) =>
    suite.configs.flatMap((config) =>
      suite.methods.map((method) => ({ model, method, config, calibration, evaluate: Math.min(evaluate, models[model] ?? evaluate), seed })),
    ),
  );
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        models: { type: "string" },
        methods: { type: "string" },
        configs: { type: "string" },
        evaluate: { type: "string" },
        calibration: { type: "string", default: "32" },
        seed: { type: "string", default: "0" },
        journal: { type: "string" },
        again: { type: "boolean", default: false },
        print: { type: "boolean", default: false },
        minutes: { type: "string", default: "60" },
      },
    });
  } catch (cause) {
    throw new QuantError("invalid-config", `${cause instanceof Error ? cause.message : cause}\nFlags: ${usage}`, { cause });
  }
}

function filtered(suites: readonly Suite[], wanted: { readonly [Kind in "models" | "configs" | "methods"]?: string | undefined }): readonly Suite[] {
  const keep = (kind: "models" | "configs" | "methods") =>
    selection(
      kind,
      wanted[kind],
      suites.flatMap((suite) => suite[kind]),
    );
  const [inModels, inConfigs, inMethods] = [keep("models"), keep("configs"), keep("methods")];
  return suites.map((suite) => ({
    title: suite.title,
    models: suite.models.filter(inModels),
    configs: suite.configs.filter(inConfigs),
    methods: suite.methods.filter(inMethods),
  }));
}

/** A name is meant as it stands; where none is called that, every name that begins so. */
function selection(kind: string, wanted: string | undefined, known: readonly string[]): (name: string) => boolean {
  if (wanted === undefined) return () => true;
  const chosen = new Set(
    wanted.split(",").flatMap((each) => {
      const matches = known.includes(each) ? [each] : known.filter((name) => name.startsWith(each));
      if (matches.length > 0) return matches;
      throw new QuantError("invalid-config", `--${kind}: "${each}" is none of ${[...new Set(known)].join(", ")}.`, { details: { field: kind } });
    }),
  );
  return (name) => chosen.has(name);
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && text.trim() !== "") return value;
  throw new QuantError("invalid-config", `--${flag}: "${text}" is no whole number from ${least}.`, { details: { field: flag } });
}
