import type { OperatorEmitter } from "../site.js";

export const channelAffine: OperatorEmitter<"channel_affine"> = (_, site) => {
  const { e, name, shape } = site;
  const channels = shape[1] as number;
  const trailing = shape.slice(2).map(() => 1);
  const scale = e.reshape(`${name}/scale`, site.read(1), [channels], [channels, ...trailing]);
  const shift = e.reshape(`${name}/shift`, site.read(2), [channels], [channels, ...trailing]);
  site.result("Add", [e.op("Mul", `${name}/scaled`, [site.read(0), scale], shape), shift]);
};
