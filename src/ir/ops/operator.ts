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

/** How far a value looks into the picture. */
export interface Reach {
  /** Pixels of the value per pixel of the picture, along one side. */
  readonly scale: number;
  /** Pixels of the picture on each side of a pixel's own place that it depends on. */
  readonly pixels: number;
}

/** What rewrites and lowerings may know of an operator without knowing which one it is. What is absent does not hold. */
export interface OpTraits<Attributes> {
  /** Where all inputs are zero the result is zero, element by element. */
  keepsZeros?(attributes: Attributes): boolean;
  /** Every element of the result is one of the first input's: an elementwise map may stand before it or after it. */
  readonly rearranges?: true;
  /** Leads to the weights of a mixture, and belongs to its sample. */
  readonly routes?: true;
  /** Its kernel differs from sample to sample. */
  readonly mixes?: true;
  /** Reads of a picture only the mean over height and width. */
  readonly readsMean?: true;
  /** The result is 1 for one expert and 0 for the others. */
  readonly choosesOne?: true;
  /** Needs float32 where the rest of the graph is float16. */
  readonly exact?: true;
  /** Another batch: of parts of each sample after the operator, or of whole samples from it on. */
  readonly batch?: "splits" | "joins";
  /**
   * The reach of the result from that of the pictures that are read; undefined when it cannot be computed tile by tile.
   * An operator without the trait cannot run on tiles. A result of a smaller scale wants tiles that begin at whole pixels
   * of it.
   */
  reach?(attributes: Attributes, reach: Reach): Reach | undefined;
}

export interface OpDefinition<Attributes> extends OpTraits<Attributes> {
  /** Shape of the result. Throws RuleError when the inputs break the operator's rule. */
  infer(attributes: Attributes, inputs: readonly Shape[]): Shape;
  /** The slow, obvious reference in float64. */
  evaluate(attributes: Attributes, inputs: readonly DenseTensor[]): DenseTensor;
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

/** The `reach` of operators that read each pixel at its own place. */
export function inPlace(_: unknown, reach: Reach): Reach {
  return reach;
}
