import { readFile } from "node:fs/promises";
import { QuantError } from "@halftone/core";

/**
 * Reads labels: a line holds a file's name, a tab and its class index.
 *
 * @throws `invalid-data` naming the line.
 */
export async function readLabels(path: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new QuantError("invalid-data", `The labels ${path} cannot be read: ${reason}.`, { details: { file: path }, cause });
  });
  const labels = new Map<string, number>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const [, name, label] = /^(.+)\t\s*(\d+)\s*$/.exec(line) ?? [];
    const wrong = name === undefined ? "is no file name, tab and class index" : conflict(labels.get(name), Number(label), name);
    if (wrong) throw new QuantError("invalid-data", `Line ${index + 1} of the labels ${path} ${wrong}.`, { details: { file: path, line: index + 1 } });
    labels.set(name!, Number(label));
  }
  if (labels.size === 0) throw new QuantError("invalid-data", `The labels ${path} hold no line.`, { details: { file: path } });
  return labels;
}

function conflict(known: number | undefined, label: number, name: string): string | undefined {
  return known === undefined || known === label ? undefined : `gives ${name} class ${label}, an earlier line ${known}`;
}
