/** The card of a packed model: what an app has to know to load it, and what is known of how it will run. */
import { QuantError } from "@halftone/core";
import * as z from "zod/mini";

const tensorInfo = z.object({ name: z.string(), dtype: z.nullable(z.string()), shape: z.nullable(z.array(z.union([z.number(), z.string()]))) });

const packedFile = z.object({
  /** Beside the card. */
  path: z.string(),
  /**
   * - `runtime`: for the target's provider; what it leaves is optimized when the model is loaded.
   * - `fixed`: fully optimized for the CPU provider.
   */
  style: z.enum(["runtime", "fixed"]),
  bytes: z.number(),
  sha256: z.string(),
  /** By the names React Native's binding has for them, in order of preference. */
  executionProviders: z.array(z.string()),
  /** Largest distance of an output to the ONNX model's under the same optimizations, on made-up inputs, where it was packed. */
  distance: z.number(),
});

const cardSchema = z.object({
  format: z.literal("halftone-mobile-1"),
  name: z.string(),
  target: z.string(),
  provider: z.string(),
  /** Runtime and version that wrote the files; a phone needs this version or a newer one of the same format. */
  runtime: z.string(),
  inputs: z.array(tensorInfo),
  outputs: z.array(tensorInfo),
  /** How an image becomes an input, if it was told. */
  preprocess: z.nullable(z.record(z.string(), z.unknown())),
  files: z.array(packedFile),
  check: z.object({
    nodes: z.number(),
    onProvider: z.number(),
    partitions: z.number(),
    elsewhere: z.array(z.object({ node: z.string(), op: z.string(), reason: z.string() })),
  }),
});

export type PackCard = z.infer<typeof cardSchema>;
export type PackedFile = PackCard["files"][number];

/** @throws `invalid-config` when the text is no card of this format. */
export function parsePackCard(text: string): PackCard {
  try {
    return cardSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new QuantError("invalid-config", `This is no card of a packed model: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Fields in the order of the format, a line each. */
export function formatPackCard(card: PackCard): string {
  return `${JSON.stringify(cardSchema.parse(card), null, 2)}\n`;
}
