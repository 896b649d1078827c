/** A value that survives `JSON.parse(JSON.stringify(value))` unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The answer to "can this be done?". A refusal always says why; it is data, not an exception. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };
