import { type Dim, dimText, symbol } from "../../ir/dim.js";
import { knownTensor, type SizeTensor } from "./size-tensor.js";
import type { AxisOfValue, Sizes } from "./sizes.js";

/**
 * A size, computed of axes that can be read.
 *
 * @param axisOf where an open size is the size of an axis, by its text; it knows all atoms that are no quotients
 */
export function sizeOfAxes(s: Sizes, dim: Dim, axisOf: (size: string) => AxisOfValue | undefined): SizeTensor {
  if (typeof dim === "number") return knownTensor([dim]);
  const whole = axisOf(dimText(dim));
  if (whole) return s.ofAxis(dim, () => whole);
  const terms = dim.terms.map(({ atom, coefficient, quotient }): SizeTensor => {
    const own = axisOf(atom);
    if (own === undefined && quotient === undefined) throw new RangeError(`no axis has the size ${atom}`);
    const value = own
      ? s.ofAxis(symbol(atom), () => own)
      : s.div(sizeOfAxes(s, quotient!.of, axisOf), quotient!.divisor);
    return coefficient === 1 ? value : s.mul(value, coefficient);
  });
  const sum = terms.reduce((a, b) => s.add(a, b));
  return dim.constant === 0 ? sum : s.add(sum, dim.constant);
}
