import type { Comparison } from "./compare.js";
import type { NotFiniteLayer } from "./finite.js";

/** One output of one problem. */
export interface OutputResult extends Comparison {
  readonly problem: string;
  readonly output: string;
  /** Of the reference. */
  readonly shape: readonly number[];
  /** Of the graph's output, where that is another. */
  readonly otherShape?: readonly number[];
  /** Where values are not finite: the first layer of the reference whose values float32, or float16, cannot hold. */
  readonly overflow?: NotFiniteLayer;
}
