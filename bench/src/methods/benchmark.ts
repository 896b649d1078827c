import { existsSync } from "node:fs";
import { join } from "node:path";
import { QuantError } from "@halftone/core";
import { assetsFolder } from "../shared/assets.ts";
import { readingName } from "../shared/reading-workload.ts";
import { openJournal } from "./journal.ts";
import { parseRequest, rowsOf, type Suite } from "./request.ts";
import { keyOf } from "./row.ts";
import { runRows } from "./run-rows.ts";
import { suiteTables } from "./tables.ts";

export interface BenchmarkOptions {
  /** The command line's, without the program. */
  readonly parameters: readonly string[];
  /** Default journal. */
  readonly journal: string;
  /** The program that measures one row. */
  readonly program: string;
}

/** Measures what the journal does not have, then prints it all. Progress goes to standard error. */
export async function benchmark(suites: readonly Suite[], { parameters, journal: path, program }: BenchmarkOptions): Promise<void> {
  try {
    const request = parseRequest(parameters, suites, path);
    const journal = await openJournal(request.journal);
    if (!request.print) {
      const tell = (line: string): void => console.error(line);
      const identities = new Map(request.suites.flatMap((suite) => rowsOf(suite, request)).map((identity) => [keyOf(identity), identity]));
      const models = new Set([...identities.values()].map(({ model }) => model));
      const absent = new Set([...models].filter((model) => !isThere(model)));
      for (const model of absent) tell(`skipped: ${model} is not in ${assetsFolder()}; set HALFTONE_ASSETS`);
      const present = [...identities.values()].filter(({ model }) => !absent.has(model));
      await runRows(present, { ...request, journal, path: request.journal, program, tell });
    }
    console.log(request.suites.map((suite) => suiteTables(suite, request, journal)).join("\n\n"));
  } catch (error) {
    if (!QuantError.is(error, "invalid-config")) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function isThere(model: string): boolean {
  return model === readingName || existsSync(join(assetsFolder(), "models", model));
}
