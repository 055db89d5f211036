import type { OperatorEmitter } from "../site.js";

export const affine: OperatorEmitter<"affine"> = ({ scale, shift }, site) => {
  const layout = site.layoutOf(0);
  const x = site.read(0, layout);
  if (scale === 1) return site.result("Add", [x, site.e.floats([shift], [])], {}, layout);
  if (shift === 0) return site.result("Mul", [x, site.e.floats([scale], [])], {}, layout);
  const scaled = site.e.op("Mul", `${site.name}/scaled`, [x, site.e.floats([scale], [])], site.shapeIn(layout));
  site.result("Add", [scaled, site.e.floats([shift], [])], {}, layout);
};
