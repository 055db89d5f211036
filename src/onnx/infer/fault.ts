/**
 * What a fault is about: `operator` the operator's own rules for its inputs, `signature` types that its signature does
 * not allow, and `type`, `rank`, `dimension` what is inferred against what is declared.
 */
export type FaultKind = "operator" | "signature" | "type" | "rank" | "dimension";

/** Types that contradict each other. Thrown by inference of a node, and caught by the inference of its graph. */
export class InferenceFault extends Error {
  override readonly name = "InferenceFault";

  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message);
  }
}

export function fault(kind: FaultKind, message: string): InferenceFault {
  return new InferenceFault(kind, message);
}

/** Shorthand for the most frequent kind: a node that asks for what its operator cannot do. */
export function refuse(message: string): never {
  throw fault("operator", message);
}

/** Thrown where inference would need what is not at hand, such as a large constant: nothing is judged then. */
export class Undecided extends Error {
  override readonly name = "Undecided";
}
