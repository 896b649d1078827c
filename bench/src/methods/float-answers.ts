import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Answer } from "../shared/workload.ts";

/** The float model's answers, from a file where they are still those of the same model bytes and samples; made and kept there otherwise. */
export async function floatAnswers(
  path: string,
  belongsTo: { readonly model: Uint8Array; readonly samples: string },
  make: () => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const key = createHash("sha256").update(belongsTo.model).update(belongsTo.samples).digest("hex");
  const kept = existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as { readonly key: string; readonly answers: readonly Answer[] }) : undefined;
  if (kept?.key === key) return kept.answers;
  const answers = await make();
  await mkdir(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.tmp`;
  await writeFile(half, JSON.stringify({ key, answers }));
  await rename(half, path);
  return answers;
}
