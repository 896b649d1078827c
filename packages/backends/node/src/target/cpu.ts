import { readFile } from "node:fs/promises";

/** `vnni`: 8-bit products are added in 32 bits. `avx2`: pairs of them are added in 16 bits first, which may overflow. */
export type CpuKind = "vnni" | "avx2";

/** Answers with the text of a file; `/proc/cpuinfo` is the one that is asked for. */
export type ReadText = (path: string) => Promise<string>;

const vnniFlags = ["avx512_vnni", "avx_vnni"];

/** The kind of this CPU. Where nothing can be read, the answer is the kind whose encodings are exact on every CPU. */
export async function cpuKind(readText: ReadText = (path) => readFile(path, "utf8")): Promise<CpuKind> {
  const text = await readText("/proc/cpuinfo").catch(() => "");
  const flags = /^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return flags.some((flag) => vnniFlags.includes(flag)) ? "vnni" : "avx2";
}
