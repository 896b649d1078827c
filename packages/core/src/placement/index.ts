export { type Bounds, boundsOf } from "./bounds.ts";
export { resolveConfig } from "./config.ts";
export { place } from "./place.ts";
export { tableTarget } from "./support.ts";
