import { refuse } from "../fault.js";

/** The axis counted from the front; refused outside [-rank, rank). */
export function axisOf(axis: number, rank: number): number {
  if (axis < -rank || axis >= rank) refuse(`axis ${axis} is outside a tensor of rank ${rank}`);
  return axis < 0 ? axis + rank : axis;
}

/** Distinct axes counted from the front. */
export function distinctAxes(axes: readonly number[], rank: number): number[] {
  const positive = axes.map((axis) => axisOf(axis, rank));
  if (new Set(positive).size !== positive.length) refuse(`the axes ${axes.join(", ")} repeat one`);
  return positive;
}
