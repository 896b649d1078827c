/**
 * Probes the installed onnxruntime-node and writes the table of one kind of CPU.
 *
 *     npm run probe -w packages/backends/node [-- vnni|avx2]
 *
 * Default: the kind of the CPU it runs on. A machine without VNNI can be had from an emulator:
 * `qemu-x86_64 -cpu Haswell node dist/probe/main.js avx2`.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { probeRuntime, sourceOfTable, tableOf } from "@halftone/core/probing";
import { env } from "onnxruntime-node";
import { type CpuKind, cpuKind } from "../target/cpu.ts";
import { probedNode } from "./probed-node.ts";

const kind: CpuKind = process.argv[2] === "vnni" || process.argv[2] === "avx2" ? process.argv[2] : await cpuKind();
const table = tableOf(await probeRuntime(probedNode()), `onnxruntime-node ${env.versions.node}`, kind);
const folder = new URL("../../src/target/generated/", import.meta.url);
await mkdir(folder, { recursive: true });
const file = new URL(`${kind}.ts`, folder);
await writeFile(file, sourceOfTable(table, "npm run probe -w packages/backends/node"));
console.log(`${Object.keys(table.operators).length} operators with integer kernels, ${table.float.length} without: ${fileURLToPath(file)}`);
