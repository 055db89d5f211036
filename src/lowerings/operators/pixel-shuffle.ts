import type { OperatorEmitter } from "../site.js";

export const pixelShuffle: OperatorEmitter<"pixel_shuffle"> = ({ scale, order = "CRD" }, site) => {
  site.result("DepthToSpace", [site.read(0)], { blocksize: scale, mode: order });
};
