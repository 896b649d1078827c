export { buildModel, type GraphBuilder, type ModelShape, seededRandom } from "./build-model.ts";
