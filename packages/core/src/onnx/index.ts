export { dataTypeOf, dtypeFrom } from "./dtype.ts";
export { newestOpset, readModel, readModelFrom, sideFilesOf } from "./read.ts";
export { type WriteOptions, writeModel } from "./write.ts";
