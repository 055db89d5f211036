import type { OperatorEmitter } from "../site.js";

export const channelScale: OperatorEmitter<"channel_scale"> = (_, site) => {
  const { e, name } = site;
  const channels = site.shape[1] as number;
  const weights = site.inputShapes[1]!;
  const blocks = weights.at(-1) as number;
  const column = e.reshape(`${name}/blocks`, site.read(1), weights, [weights[0]!, blocks, 1, 1]);
  const each =
    blocks === channels || blocks === 1
      ? column
      : e.op(
          "Gather",
          `${name}/weights`,
          [column, e.ints(Array.from({ length: channels }, (_unused, c) => Math.floor((c * blocks) / channels)))],
          [weights[0]!, channels, 1, 1],
          { axis: 1 },
        );
  site.result("Mul", [site.read(0), each]);
};
