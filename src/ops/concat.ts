import { addDims, type Dim, type Shape, sameDim } from "../ir/dim.js";
import type { LowerSite } from "../lowerings/emitter.js";
import { dense, sizeOf } from "./dense-tensor.js";
import { operator, RuleError } from "./operator.js";

/**
 * Channels of several values side by side. Inputs: [N,C1,…], [N,C2,…], …; result [N,C1+C2+…,…]. A value with a batch of
 * one, such as a frozen β, belongs to every sample.
 */
export const concat = operator<Readonly<Record<string, never>>>({
  infer(_, inputs) {
    const batch = batchOf(inputs);
    const [first, ...rest] = inputs;
    for (const other of inputs) {
      if (other[0] !== 1 && !sameDim(other[0]!, batch)) throw new RuleError(DISAGREE);
    }
    for (const other of rest) {
      const fits =
        other.length === first!.length && other.every((dim, axis) => axis < 2 || sameDim(dim, first![axis]!));
      if (!fits) throw new RuleError(DISAGREE);
    }
    const channels = inputs.reduce((sum: Dim, shape) => addDims(sum, shape[1]!), 0);
    return [batch, channels, ...first!.slice(2)];
  },
  evaluate(_, inputs) {
    const batch = batchOf(inputs.map(({ shape }) => shape)) as number;
    const rest = inputs[0]!.shape.slice(2);
    const plane = sizeOf(rest);
    const channels = inputs.reduce((sum, input) => sum + input.shape[1]!, 0);
    const y = dense([batch, channels, ...rest]);
    for (let n = 0; n < batch; n++) {
      let at = n * channels * plane;
      for (const { shape, data } of inputs) {
        const size = shape[1]! * plane;
        const sample = shape[0] === 1 ? 0 : n;
        y.data.set(data.subarray(sample * size, (sample + 1) * size), at);
        at += size;
      }
    }
    return y;
  },
  lower(_, site) {
    const parts = site.inputNames.map((_name, index) => emitForEachSample(site, index));
    site.result("Concat", parts, { axis: 1 });
  },
});

const DISAGREE = "values that are concatenated must agree in everything but their channels";

/** The batch of the values that do not belong to every sample. */
function batchOf(shapes: readonly Shape[]): Dim {
  return shapes.find((shape) => shape[0] !== 1)?.[0] ?? 1;
}

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
