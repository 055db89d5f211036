/** The shape that a Reshape gives, where that follows from what is known. */
import { type Dim, type Shape, sameDim } from "../../ir/dim.js";
import { intOf } from "./attributes.js";
import { inputOf } from "./operands.js";
import { NotRead, type SourceNode } from "./reading.js";

/**
 * The target of a Reshape of `x`: a 0 is the size of the same axis, −1 is what is left over, and so is one size that
 * nothing is known of.
 *
 * @returns `rest` for the one axis that takes what is left over
 */
export function reshapeTarget(source: SourceNode, x: Shape): readonly (Dim | "rest")[] {
  inputOf(source, 1);
  const target = source.numbers(1) ?? source.sizes(1);
  if (target === undefined) throw new NotRead("its shape is not constant");
  const copies = source.opset < 14 || intOf(source.node, "allowzero", 0) === 0;
  const sizes = target.map((size, axis): Dim | "rest" => {
    if (size === undefined || size === -1) return "rest";
    return size === 0 && copies ? (x[axis] ?? 0) : size;
  });
  if (sizes.filter((size) => size === "rest").length > 1) throw new NotRead("its shape is not constant");
  return sizes;
}

/** Whether a target is a shape of as many elements, up to the axis that takes what is left over. */
export function fits(target: readonly (Dim | "rest")[], shape: Shape): boolean {
  return target.length === shape.length && target.every((size, axis) => size === "rest" || sameDim(size, shape[axis]!));
}
