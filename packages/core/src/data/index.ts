export type { Image } from "./image.ts";
export { imageTensor } from "./image-tensor.ts";
export { parseNpy } from "./npy.ts";
export { type Preprocess, parsePreprocess } from "./preprocess.ts";
export { type Region, resizeImage } from "./resize.ts";
export type { Interpolation } from "./resize-taps.ts";
