export { type AssembleOptions, assemblePlan } from "./assemble.ts";
export { formatPlan, parsePlan, quantPlanSchema } from "./schema.ts";
