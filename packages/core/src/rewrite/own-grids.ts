/** What plans with operands need besides, loaded for them: most plans have none. */
export { createOperands } from "./operands.ts";
export { rescaleOperands } from "./rescalings.ts";
