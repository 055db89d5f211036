/** What an operator of the IR is made of. One file per operator defines one of these; `index.ts` is the table. */
import type { Shape } from "../dim.js";
import type { DenseTensor } from "./dense-tensor.js";

/** An operator's rule that its inputs break; whoever builds the graph adds the place. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

export interface OpDefinition<Attributes> {
  /** Shape of the result. Throws RuleError when the inputs break the operator's rule. */
  infer(attributes: Attributes, inputs: readonly Shape[]): Shape;
  /** The slow, obvious reference in float64. */
  evaluate(attributes: Attributes, inputs: readonly DenseTensor[]): DenseTensor;
  /** Computed in float32 in a graph of half precision too. */
  readonly exact?: true;
  /** Multiply-accumulates for the given concrete shapes; absent: none worth counting. */
  macs?(attributes: Attributes, inputs: readonly Shape[], output: Shape): number;
}

/** Keeps the attribute type when a definition is written as a literal. */
export function operator<Attributes>(definition: OpDefinition<Attributes>): OpDefinition<Attributes> {
  return definition;
}

export function requireRank(what: string, shape: Shape, rank: number): void {
  if (shape.length !== rank) throw new RuleError(`${what} must have ${rank} dimensions, not ${shape.length}`);
}

/** A dimension that must be known at compile time, such as a channel count. */
export function staticDim(what: string, shape: Shape, axis: number): number {
  const dim = shape[axis];
  if (typeof dim !== "number") throw new RuleError(`${what} must be known at compile time`);
  return dim;
}
