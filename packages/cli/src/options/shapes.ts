import { QuantError } from "@halftone/core";

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Collects `input=1x3x224x224`. */
export function shapes(flag: string): (text: string, before: Shapes | undefined) => Shapes {
  return (text, before) => {
    const [, name, sizes] = /^(.+)=(\d+(?:x\d+)*)$/.exec(text) ?? [];
    const shape = (sizes ?? "").split("x").map(Number);
    if (!name || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new QuantError("invalid-config", `${flag}: "${text}" is not of the form input=1x3x224x224.`, { details: { field: flag } });
    }
    return { ...before, [name]: shape };
  };
}
