import type { OperatorEmitter } from "../site.js";

export const foldFrames: OperatorEmitter<"fold_frames"> = (_, site) => {
  const x = site.read(0);
  site.result("Reshape", [x, site.e.reshapeTarget(site.name, x, site.inputShapes[0]!, site.shape)]);
};

export const unfoldFrames: OperatorEmitter<"unfold_frames"> = (_, site) => {
  site.result("Unsqueeze", [site.read(0), site.e.ints([2])]);
};
