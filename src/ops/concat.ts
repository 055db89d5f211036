import { addDims, type Dim, sameDim } from "../ir/dim.js";
import { dense, sizeOf } from "./dense-tensor.js";
import { operator, RuleError } from "./operator.js";

/** Channels of several values side by side. Inputs: [N,C1,…], [N,C2,…], …; result [N,C1+C2+…,…]. */
export const concat = operator<Readonly<Record<string, never>>>({
  infer(_, inputs) {
    const [first, ...rest] = inputs;
    for (const other of rest) {
      const fits =
        other.length === first!.length && other.every((dim, axis) => axis === 1 || sameDim(dim, first![axis]!));
      if (!fits) throw new RuleError("values that are concatenated must agree in everything but their channels");
    }
    const channels = inputs.reduce((sum: Dim, shape) => addDims(sum, shape[1]!), 0);
    return first!.map((dim, axis) => (axis === 1 ? channels : dim));
  },
  evaluate(_, inputs) {
    const [batch, , ...rest] = inputs[0]!.shape as [number, number, ...number[]];
    const plane = sizeOf(rest);
    const channels = inputs.reduce((sum, input) => sum + input.shape[1]!, 0);
    const y = dense([batch, channels, ...rest]);
    for (let n = 0; n < batch; n++) {
      let at = n * channels * plane;
      for (const { shape, data } of inputs) {
        const size = shape[1]! * plane;
        y.data.set(data.subarray(n * size, (n + 1) * size), at);
        at += size;
      }
    }
    return y;
  },
  lower(_, site) {
    site.result(
      "Concat",
      site.inputNames.map((_name, index) => site.read(index)),
      { axis: 1 },
    );
  },
});
