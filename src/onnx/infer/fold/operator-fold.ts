import type { SmallTensor } from "./small-tensor.js";

/** A node whose inputs are known, and what is known of its result. */
export interface FoldSite {
  /** By position; null where an input is left out. */
  readonly inputs: readonly (SmallTensor | null)[];
  readonly attributes: FoldAttributes;
  /** Of the result: `TensorProto.DataType`, and the dimensions, null where inference does not find them. */
  readonly dataType: number;
  readonly dims: readonly number[] | null;
  /** The most elements that a result may have. */
  readonly most: number;
}

export interface FoldAttributes {
  int(name: string): number | undefined;
  ints(name: string): readonly number[] | undefined;
  /** The first element of a tensor; null where it is not at hand. */
  element(name: string, otherwise: number): number | null;
}

/** The result; null where it is not known, or too large. */
export type OperatorFold = (site: FoldSite) => SmallTensor | null;

export function normalAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Whether a node names so many inputs at least, and leaves out none: files may, whatever their operator says. */
export function areGiven(inputs: readonly (SmallTensor | null)[], least: number): inputs is readonly SmallTensor[] {
  return inputs.length >= least && !inputs.includes(null);
}
