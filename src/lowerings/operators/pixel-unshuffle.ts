import type { OperatorEmitter } from "../site.js";

export const pixelUnshuffle: OperatorEmitter<"pixel_unshuffle"> = ({ scale, order }, site) => {
  if (order === "DCR") return site.result("SpaceToDepth", [site.read(0)], { blocksize: scale });
  // ONNX puts the position in the block first and the channel last.
  const channels = site.inputShapes[0]![1] as number;
  const picked = Array.from(
    { length: channels * scale ** 2 },
    (_, to) => (to % scale ** 2) * channels + Math.floor(to / scale ** 2),
  );
  const blocks = site.e.op("SpaceToDepth", `${site.name}/blocks`, [site.read(0)], site.shape, { blocksize: scale });
  site.result("Gather", [blocks, site.e.ints(picked)], { axis: 1 });
};
