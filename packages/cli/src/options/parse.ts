import { type Json, QuantError } from "@halftone/core";
import { didYouMean } from "../text/closest.ts";

/** Parsers of option values. Each is made for one flag, so that its error can name it. */
type Parse<Value> = (text: string) => Value;

export function wholeNumber(flag: string, minimum: number): Parse<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < minimum) throw invalid(flag, `"${text}" is not a whole number of at least ${minimum}.`);
    return value;
  };
}

export function realNumber(flag: string, minimum = Number.NEGATIVE_INFINITY): Parse<number> {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || value < minimum) {
      throw invalid(flag, `"${text}" is not a number${Number.isFinite(minimum) ? ` of at least ${minimum}` : ""}.`);
    }
    return value;
  };
}

const unitSeconds: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600 };

/** `90`, `90s`, `15m`, `1.5h`: seconds. */
export function duration(flag: string): Parse<number> {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text.trim()) ?? [];
    const seconds = Number(amount) * (unitSeconds[unit ?? "none"] ?? Number.NaN);
    if (!(seconds > 0)) throw invalid(flag, `"${text}" is not a time such as 90s, 15m or 2h.`);
    return seconds;
  };
}

export function oneOf<const Name extends string>(flag: string, names: readonly Name[]): Parse<Name> {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw invalid(flag, `"${text}" is not one of ${names.join(", ")}.${didYouMean(text, names)}`);
    return name;
  };
}

/** Collects a flag that may be given several times; each value must be a regular expression. */
export function patterns(flag: string): (text: string, before: readonly string[] | undefined) => readonly string[] {
  return (text, before) => {
    try {
      new RegExp(text, "u");
    } catch (cause) {
      throw new QuantError("invalid-config", `${flag}: "${text}" is not a regular expression.`, { details: { field: flag }, cause });
    }
    return [...(before ?? []), text];
  };
}

export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Names with commas between them, each once. */
export function names(flag: string, least: number): Parse<readonly string[]> {
  return (text) => {
    const found = [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
    if (found.length < least) throw invalid(flag, `"${text}" names ${found.length}; at least ${least} with commas between them are needed.`);
    return found;
  };
}

/** Collects `key=value`; a value that is JSON is read as such, any other is text. */
export function assignments(flag: string): (text: string, before: Assignments | undefined) => Assignments {
  return (text, before) => {
    const at = text.indexOf("=");
    if (at < 1) throw invalid(flag, `"${text}" is not of the form key=value.`);
    return { ...before, [text.slice(0, at)]: jsonOrText(text.slice(at + 1)) };
  };
}

export type Assignments = Readonly<Record<string, Json>>;

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

export interface Bits {
  readonly weights: number;
  readonly activations: number;
}

/** `w8a8`, `W4A8`, `w6a6`: the width of weights and of activations. */
export function bits(field: string): Parse<Bits> {
  return (text) => {
    const match = /^w(\d{1,2})a(\d{1,2})$/i.exec(text);
    const [weights, activations] = [Number(match?.[1]), Number(match?.[2])];
    const isWidth = (width: number): boolean => width >= 2 && width <= 16;
    if (!isWidth(weights) || !isWidth(activations)) throw invalid(field, `"${text}" is not of the form w8a8, with widths from 2 to 16.`);
    return { weights, activations };
  };
}

function invalid(flag: string, problem: string): QuantError {
  return new QuantError("invalid-config", `${flag}: ${problem}`, { details: { field: flag } });
}
