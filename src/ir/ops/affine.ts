import { mapDense } from "./dense-tensor.js";
import { inPlace, operator } from "./operator.js";

/** `scale·x + shift` with scalars. Inputs: x of any shape. */
export interface AffineAttributes {
  readonly scale: number;
  readonly shift: number;
}

export const affine = operator<AffineAttributes>({
  keepsZeros: ({ shift }) => shift === 0,
  reach: inPlace,
  infer: (_, [x]) => x!,
  evaluate: ({ scale, shift }, [x]) => mapDense(x!, (value) => scale * value + shift),
});
