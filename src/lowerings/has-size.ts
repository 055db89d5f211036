import { type Dim, type Shape, sameDim } from "../ir/dim.js";

/** Whether the last two axes of a picture's shape are a height and width. */
export function hasSize(shape: Shape, height: Dim, width: Dim): boolean {
  return shape.length >= 4 && sameDim(shape.at(-2)!, height) && sameDim(shape.at(-1)!, width);
}
