/** Operators that work on each element for itself. */
import { NotRead } from "../../reading.js";
import { fixed, isOpen } from "../extent.js";
import type { SizeRow, SizeView } from "../size-row.js";
import { broadcast } from "./alike.js";

/** The result has the shape of the first input; the other inputs are none of pictures. */
export const keepsShape: SizeRow = (view) => {
  othersAreFixed(view);
  return { outputs: view.node.output.map(() => view.shape(0)) };
};

/** As `keepsShape`, for operators whose further outputs are of another shape. */
export const keepsShapeOnce: SizeRow = (view) => {
  if (view.node.output.slice(1).some((name) => name !== "")) throw new NotRead("it has more than one output");
  return keepsShape(view);
};

export function othersAreFixed(view: SizeView): void {
  for (const index of view.node.input.keys())
    if (index > 0 && view.has(index) && view.shape(index).some(isOpen))
      throw new NotRead(`its input ${index} has a size that depends on the picture`);
}

export const elementwise: SizeRow = (view) => {
  const present = [...view.node.input.keys()].filter((index) => view.has(index));
  return { outputs: [broadcast(present.map((index) => view.shape(index)))] };
};

/** Weights of one shape are repeated over the first input, as far as they are there. */
export const weighed: SizeRow = (view) => {
  if (view.node.output.slice(1).some((name) => name !== "")) throw new NotRead("it has more than one output");
  return { outputs: [elementwise(view).outputs[0]!] };
};

export const constantOfShape: SizeRow = (view) => {
  const sizes = view.computed(0) ?? view.integers(0)?.map(fixed);
  if (sizes === undefined) throw new NotRead("its shape is not constant");
  return { outputs: [sizes] };
};
