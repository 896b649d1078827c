import { type ProbedTable, sourceOfTable } from "@halftone/core/probing";
import { commands } from "vitest/browser";

/** What the test runner hands to the page. */
const environment = (import.meta as unknown as { readonly env: Readonly<Record<string, string>> }).env;

/** The committed table of this name, and the one that was just probed; where tables are to be written, they are one. */
export async function committedAndFresh(table: ProbedTable): Promise<{ readonly committed: string; readonly fresh: string }> {
  const path = `packages/backends/web/src/target/generated/${table.machine}.ts`;
  const fresh = sourceOfTable(table, "npm run probe -w packages/backends/web");
  if (environment["HALFTONE_WRITE_TABLES"] === "1") await commands.writeFile(path, fresh);
  return { committed: await commands.readFile(path), fresh };
}
