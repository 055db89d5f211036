import type { LowerSite, OperatorEmitter } from "../site.js";

export const concat: OperatorEmitter<"concat"> = (_, site) => {
  const parts = site.inputNames.map((_name, index) => emitForEachSample(site, index));
  site.result("Concat", parts, { axis: 1 });
};

/** An input, repeated for each sample where it has a batch of one and others do not. */
function emitForEachSample(site: LowerSite, index: number): string {
  const { e, name } = site;
  const [own, ...rest] = site.inputShapes[index]!;
  const value = site.read(index);
  const batched = site.inputShapes.findIndex((shape) => shape[0] !== 1);
  if (own !== 1 || batched < 0) return value;
  const batch = e.op("Shape", `${name}/batch`, [site.read(batched)], [1], { start: 0, end: 1 }, "INT64");
  const sizes = e.op("Shape", `${name}/sizes${index}`, [value], [rest.length], { start: 1 }, "INT64");
  const target = e.op("Concat", `${name}/size${index}`, [batch, sizes], [rest.length + 1], { axis: 0 }, "INT64");
  return e.op("Expand", `${name}/part${index}`, [value, target], [site.shape[0]!, ...rest]);
}
