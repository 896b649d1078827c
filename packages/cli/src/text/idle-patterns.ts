/** Patterns that match none of the names: most likely misspelt. */
export function idlePatterns(patterns: readonly string[], names: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => {
    const whole = new RegExp(`^(?:${pattern})$`, "u");
    return !names.some((name) => whole.test(name));
  });
}
