/** What is wrong with data that was handed in. */
export interface Problem {
  /** The way to the field: names and indices with dots between; empty for the data itself. */
  readonly field: string;
  readonly problem: string;
}

/** Looks at a value that may be anything; undefined when it is what it has to be. */
export type Check = (value: unknown, field: string) => Problem | undefined;

/** A finite number. */
export function number(value: unknown, field: string): Problem | undefined {
  return typeof value === "number" && Number.isFinite(value) ? undefined : { field, problem: "must be a number" };
}

export function boolean(value: unknown, field: string): Problem | undefined {
  return typeof value === "boolean" ? undefined : { field, problem: "must be true or false" };
}

export function text(value: unknown, field: string): Problem | undefined {
  return typeof value === "string" ? undefined : { field, problem: "must be a text" };
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  const problem = most === Number.MAX_SAFE_INTEGER ? `must be a whole number from ${least} on` : `must be a whole number from ${least} to ${most}`;
  return (value, field) => (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most ? undefined : { field, problem });
}

export function oneOf(...allowed: readonly string[]): Check {
  return (value, field) => (allowed.includes(value as string) ? undefined : { field, problem: `must be one of ${allowed.join(", ")}` });
}

/** A list of `least` to `most` values of one kind. */
export function listOf(entry: Check, least = 0, most = Number.POSITIVE_INFINITY): Check {
  return (value, field) => {
    if (!Array.isArray(value)) return { field, problem: "must be a list" };
    if (value.length < least || value.length > most) return { field, problem: `must hold ${least === most ? least : `${least} to ${most}`} values` };
    return first(value.map((each, index) => entry(each, inside(field, index))));
  };
}

/** An object with these fields and no others; those that are not `required` may be left out. */
export function fields(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, field) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { field, problem: "must be an object" };
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(checks, key));
    if (unknown !== undefined) return { field: inside(field, unknown), problem: `is not known; there are ${Object.keys(checks).join(", ")}` };
    const missing = required.find((key) => (value as Record<string, unknown>)[key] === undefined);
    if (missing !== undefined) return { field: inside(field, missing), problem: "is missing" };
    return first(Object.entries(value).map(([key, each]) => (each === undefined ? undefined : checks[key]!(each, inside(field, key)))));
  };
}

function first(problems: readonly (Problem | undefined)[]): Problem | undefined {
  return problems.find((each) => each !== undefined);
}

function inside(field: string, key: string | number): string {
  return field === "" ? String(key) : `${field}.${key}`;
}
