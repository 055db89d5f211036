import type { OperatorEmitter } from "../site.js";

export const prelu: OperatorEmitter<"prelu"> = (_, site) => {
  const count = site.inputShapes[1]![0] as number;
  const trailing = site.shape.slice(2).map(() => 1);
  const slope = site.e.reshape(`${site.name}/slope`, site.read(1), [count], [count, ...trailing]);
  site.result("PRelu", [site.read(0), slope]);
};
