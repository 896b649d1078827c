/** JSON has no infinity: equal outputs have no noise, and no figure. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A share as percent, without the digits that only binary fractions bring. */
export function percent(share: number): number {
  return Number((share * 100).toFixed(6));
}

export function milliseconds(seconds: number): number {
  return Number((seconds * 1000).toFixed(4));
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
