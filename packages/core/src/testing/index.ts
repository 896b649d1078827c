export { buildModel, type GraphBuilder, type ModelShape } from "./build-model.ts";
export { type DescribeBackendOptions, describeBackend } from "./describe-backend.ts";
export { type DescribeMethodOptions, describeMethod } from "./describe-method.ts";
export { describeTarget } from "./describe-target.ts";
export { dequantizedConv } from "./quantized-models.ts";
export { floats, tensor } from "./tensors.ts";
