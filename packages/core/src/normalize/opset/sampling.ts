import { string } from "../../ir/index.ts";
import type { Adaptor, AdaptorTable } from "./adaptor.ts";

/** The default became half a pixel earlier in 16. */
const nameTheCoordinates: Adaptor = (node) => node.setAttribute("coordinate_transformation_mode", string("output_half_pixel"));

const modeNames: Readonly<Record<string, string>> = { bilinear: "linear", bicubic: "cubic" };

const dropThePrefix: Adaptor = (node) => {
  const mode = node.string("mode", "bilinear");
  node.setAttribute("mode", string(modeNames[mode] ?? mode));
};

export const sampling: AdaptorTable = {
  RoiAlign: { 16: nameTheCoordinates },
  GridSample: { 20: dropThePrefix },
};
