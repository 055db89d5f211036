/** The form of the examples, and what several of them begin with. */
import type { OpAttributes, OpName } from "../../../src/ir/ops/index.js";

/** Shape and values. */
export type Value = readonly [shape: readonly number[], data: readonly number[]];

export interface Example<Attributes> {
  readonly what: string;
  readonly attributes: Attributes;
  readonly inputs: readonly Value[];
  readonly output: Value;
}

/** Examples of some operators. */
export type Examples<Ops extends OpName> = { readonly [Op in Ops]: readonly Example<OpAttributes[Op]>[] };

export const WINDOW = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pads: [0, 0, 0, 0] } as const;
export const NONE = {};
export const SQUARE: Value = [
  [1, 1, 2, 2],
  [1, 2, 3, 4],
];
export const LN3 = Math.log(3);
