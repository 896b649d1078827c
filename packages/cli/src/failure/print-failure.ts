import type { Json, QuantError } from "@halftone/core";
import type { TextSink } from "../world.ts";
import { hintFor } from "./hints.ts";

export function printFailure(error: QuantError, stderr: TextSink): void {
  stderr.write(`error[${error.code}]: ${error.message}\n`);
  const hint = hintFor(error);
  if (hint !== undefined) stderr.write(`hint: ${hint}\n`);
}

export function failureJson(error: QuantError): { readonly [key: string]: Json } {
  return { code: error.code, message: error.message, details: error.details };
}
