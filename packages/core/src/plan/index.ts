export { answerSites, type SiteAnswers } from "./answer-sites.ts";
export { type AssembleOptions, assemblePlan } from "./assemble.ts";
export { decodeCodes, encodeCodes } from "./codes.ts";
export { entryOf } from "./entry-of.ts";
export { computesOnGrid, staysOnGrid } from "./modes.ts";
export { answersOnGrid, inputEncodingOf, inputScaleOf, operandOf, type Reading, readsStored } from "./reads.ts";
export { biasOfShift, checkRescaling, isShifted, rescaleWeight } from "./rescale.ts";
export { formatPlan, parsePlan, quantPlanSchema } from "./schema.ts";
