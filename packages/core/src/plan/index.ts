export { type AssembleOptions, assemblePlan } from "./assemble.ts";
export { computesOnGrid, staysOnGrid } from "./modes.ts";
export { formatPlan, parsePlan, quantPlanSchema } from "./schema.ts";
