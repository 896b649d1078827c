export { type DescribeBackendOptions, describeBackend } from "./describe-backend.ts";
export { dequantizedConv } from "./quantized-models.ts";
export { floats, tensor, tinyModel } from "./tiny-model.ts";
