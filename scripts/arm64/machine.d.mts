/** What the ARM64 machine's files are kept in. */
export const folder: string;

/** The command that a Node program's arguments are put behind, or the reason why there is none. */
export function arm64Machine(
  cpu?: string,
): { readonly command: readonly string[]; readonly reason?: never } | { readonly reason: string; readonly command?: never };
