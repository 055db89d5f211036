/** The constants of a kernel as its bank. */
import { reshaped } from "../../../tensors/derived.js";
import { elementCount, type LazyTensor, type TensorData } from "../../../tensors/tensor.js";
import type { NormalForm } from "./normal-form.js";

/** Elements of a bank that is computed of several tensors, or put in another order: 1 GB. */
const MOST_ELEMENTS = 2 ** 27;

/** The product of a form's constants, expert-major; undefined where it would be too large to compute. */
export function bankTensor({ constants, parts }: NormalForm, shape: readonly number[]): LazyTensor | undefined {
  const [first, ...others] = constants;
  const isItself =
    others.length === 0 &&
    first !== undefined &&
    !first.source.inverse &&
    first.start === 0 &&
    elementCount(first.source.tensor.shape) === elementCount(shape) &&
    areContiguous(parts);
  if (isItself) return reshaped(first.source.tensor, shape);
  if (elementCount(shape) > MOST_ELEMENTS) return undefined;
  return {
    shape,
    async read() {
      const product = new Float64Array(elementCount(shape)).fill(1);
      for (const [index, { source, start }] of constants.entries()) {
        const values = await source.tensor.read();
        weigh(
          product,
          values,
          start,
          parts.map(({ size, steps }) => ({ size, step: steps[index]! })),
          source.inverse,
        );
      }
      return product;
    },
  };
}

function areContiguous(parts: NormalForm["parts"]): boolean {
  let step = 1;
  for (const { size, steps } of parts.toReversed()) {
    if (steps[0] !== step) return false;
    step *= size;
  }
  return true;
}

function weigh(
  product: Float64Array,
  values: TensorData,
  start: number,
  parts: readonly { readonly size: number; readonly step: number }[],
  inverse: boolean,
): void {
  const index = new Array<number>(parts.length).fill(0);
  let at = start;
  for (let to = 0; to < product.length; to++) {
    product[to]! *= inverse ? 1 / values[at]! : values[at]!;
    for (let part = parts.length - 1; part >= 0; part--) {
      const { size, step } = parts[part]!;
      at += step;
      if (++index[part]! < size) break;
      at -= step * size;
      index[part] = 0;
    }
  }
}
