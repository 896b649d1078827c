export { quantConfigSchema, resolveConfig } from "./config.ts";
export { place } from "./place.ts";
export { tableTarget } from "./support.ts";
