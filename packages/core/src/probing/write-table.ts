import type { ProbedTable } from "./probed-table.ts";

/** The table as a source file, one operator a line; `command` is what writes it again. */
export function sourceOfTable(table: ProbedTable, command: string): string {
  const operators = Object.entries(table.operators).map(([op, support]) => `    ${op}: ${literal(support)},`);
  return `// Written by "${command}": what ${table.runtime} does on machines of kind ${table.machine}.
import type { ProbedTable } from "@halftone/core/probing";

// biome-ignore format: one operator a line
export const ${table.machine}Table: ProbedTable = {
  runtime: ${JSON.stringify(table.runtime)},
  machine: ${JSON.stringify(table.machine)},
  operators: {
${operators.join("\n")}
  },
  float: ${literal(table.float)},
};
`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${literal(inner)}`)
      .join(", ")} }`;
  }
  return JSON.stringify(value);
}
