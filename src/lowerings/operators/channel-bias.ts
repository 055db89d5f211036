import type { OperatorEmitter } from "../site.js";

export const channelBias: OperatorEmitter<"channel_bias"> = (_, site) => {
  const channels = site.shape[1] as number;
  const column = site.e.reshape(`${site.name}/column`, site.read(1), [channels], [1, channels, 1, 1]);
  site.result("Add", [site.read(0), column]);
};
