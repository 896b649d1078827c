export { rewriteModel } from "./rewrite.ts";
