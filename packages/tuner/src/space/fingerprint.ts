import type { SearchSpace } from "@halftone/core";

/** SHA-256 (hex) of what a space allows. Its name, reasons and key order do not count. */
export async function fingerprintOf({ dimensions, rules = [] }: SearchSpace): Promise<string> {
  const facts = [dimensions.map(({ name, values, when = {} }) => [name, values, sorted(when)]), rules.map(({ when, only }) => [sorted(when), sorted(only)])];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(facts)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sorted(condition: object): readonly (readonly [string, unknown])[] {
  return Object.entries(condition).sort(([left], [right]) => (left < right ? -1 : 1));
}
