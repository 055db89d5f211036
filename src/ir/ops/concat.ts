import { addDims, type Dim, type Shape, sameDim } from "../dim.js";
import { dense, sizeOf } from "./dense-tensor.js";
import { inPlace, operator, RuleError } from "./operator.js";

/**
 * Channels of several values side by side. Inputs: [N,C1,…], [N,C2,…], …; result [N,C1+C2+…,…]. A value with a batch of
 * one, such as a frozen β, belongs to every sample.
 */
export const concat = operator<Readonly<Record<string, never>>>({
  keepsZeros: () => true,
  reach: inPlace,
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
});

const DISAGREE = "values that are concatenated must agree in everything but their channels";

/** The batch of the values that do not belong to every sample. */
function batchOf(shapes: readonly Shape[]): Dim {
  return shapes.find((shape) => shape[0] !== 1)?.[0] ?? 1;
}
