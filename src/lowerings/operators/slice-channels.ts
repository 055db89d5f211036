import type { OperatorEmitter } from "../site.js";

export const sliceChannels: OperatorEmitter<"slice_channels"> = ({ start, end }, site) => {
  const { e } = site;
  site.result("Slice", [site.read(0), e.ints([start]), e.ints([end]), e.ints([1])]);
};
