import type { ProbedTable } from "../target/table.ts";

/** The table as a source file, one operator a line. */
export function sourceOf(table: ProbedTable): string {
  const operators = Object.entries(table.operators).map(([op, support]) => `    ${op}: ${literal(support)},`);
  return `// Written by "npm run probe -w packages/backends/node": what ${table.runtime} does on a CPU of kind ${table.cpu}.
import type { ProbedTable } from "../table.ts";

// biome-ignore format: one operator a line
export const ${table.cpu}Table: ProbedTable = {
  runtime: ${JSON.stringify(table.runtime)},
  cpu: ${JSON.stringify(table.cpu)},
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
