/** What a network is made of, as far as methods want to know: read from the normalized graph. */
export { recognizeStructure, type StructureOverrides } from "./recognize.ts";
