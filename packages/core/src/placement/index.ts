export { type Bounds, boundsOf } from "./bounds.ts";
export { quantConfigSchema, resolveConfig } from "./config.ts";
export { place } from "./place.ts";
export { tableTarget } from "./support.ts";
