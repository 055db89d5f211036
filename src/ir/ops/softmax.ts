import { dense, stridesOf } from "./dense-tensor.js";
import { operator, RuleError } from "./operator.js";

/** exp(x) over its sum along an axis. Inputs: x of any shape. */
export interface SoftmaxAttributes {
  readonly axis: number;
}

export const softmax = operator<SoftmaxAttributes>({
  // Weights of experts: what the mean of a feature map decides.
  exact: true,
  infer({ axis }, [x]) {
    if (axis >= x!.length) throw new RuleError(`there is no axis ${axis} in ${x!.length} dimensions`);
    return x!;
  },
  evaluate({ axis }, [x]) {
    const { shape, data } = x!;
    const size = shape[axis]!;
    const step = stridesOf(shape)[axis]!;
    const y = dense(shape);
    for (let start = 0; start < data.length; start++) {
      if (Math.floor(start / step) % size !== 0) continue;
      const at = (i: number): number => start + i * step;
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < size; i++) largest = Math.max(largest, data[at(i)]!);
      let sum = 0;
      for (let i = 0; i < size; i++) sum += Math.exp(data[at(i)]! - largest);
      for (let i = 0; i < size; i++) y.data[at(i)] = Math.exp(data[at(i)]! - largest) / sum;
    }
    return y;
  },
});
