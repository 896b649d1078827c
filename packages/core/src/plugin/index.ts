export { createRegistry, type Registry } from "./container.ts";
export { definePlugin, type Plugin } from "./define-plugin.ts";
export type { MethodFactory } from "./tokens.ts";
