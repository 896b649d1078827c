export { modelToDeploy, rewriteModel } from "./rewrite.ts";
