import { shapeText } from "../dim.js";
import { operator, RuleError, staticDim } from "./operator.js";

/**
 * The values of each sample under another shape, such as a pooled picture as a vector. Inputs: x [N,…], all of it known
 * but N; result [N, ...shape].
 */
export interface ReshapeAttributes {
  /** Of one sample. */
  readonly shape: readonly number[];
}

export const reshape = operator<ReshapeAttributes>({
  keepsZeros: () => true,
  rearranges: true,
  infer({ shape }, [x]) {
    const held = x!
      .slice(1)
      .reduce((product: number, _, axis) => product * staticDim("a sample's size", x!, axis + 1), 1);
    if (shape.reduce((product, dim) => product * dim, 1) !== held)
      throw new RuleError(`a sample of ${shapeText(x!.slice(1))} is not one of ${shapeText(shape)}`);
    return [x![0]!, ...shape];
  },
  evaluate: ({ shape }, [x]) => ({ shape: [x!.shape[0]!, ...shape], data: x!.data }),
});
