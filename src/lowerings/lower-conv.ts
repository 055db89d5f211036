import type { ConvAttributes } from "../ops/conv.js";
import { windowAttributes } from "../ops/windows.js";
import type { LowerSite } from "./emitter.js";

/** A convolution with constant kernel as ONNX's own Conv. */
export function lowerConv(attributes: ConvAttributes, site: LowerSite): void {
  const inputs = site.inputNames.map((_, index) => site.read(index));
  site.result("Conv", inputs, { ...windowAttributes(attributes), group: attributes.groups });
}
