import { QuantError } from "@halftone/core";
import type { Command } from "commander";

export type Shapes = Readonly<Record<string, readonly number[]>>;

export interface ShapeOptions {
  readonly shape?: Shapes;
}

export function addShapeOption(command: Command): Command {
  return command.option("--shape <input=sizes>", "shape that an input will have, such as image=1x3x224x224; may be repeated", shapes("--shape"));
}

/** Collects `input=1x3x224x224`. */
function shapes(flag: string): (text: string, before: Shapes | undefined) => Shapes {
  return (text, before) => {
    const [, name, sizes] = /^(.+)=(\d+(?:x\d+)*)$/.exec(text) ?? [];
    const shape = (sizes ?? "").split("x").map(Number);
    if (!name || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new QuantError("invalid-config", `${flag}: "${text}" is not of the form input=1x3x224x224.`, { details: { field: flag } });
    }
    return { ...before, [name]: shape };
  };
}
