/** What a converter takes and what it gives. */

import type { NodeProto } from "../graph/records.js";
import type { TypeInfo } from "../infer/type-info.js";

/** What is known around a node. */
export interface Site {
  /** Null: nothing is known of it. */
  type(value: string): TypeInfo | null;
  /** The elements of a float tensor that no run can change; null where it is not known. */
  floats(value: string): readonly number[] | null;
  /** Whether a node reads the value, or a graph gives it. */
  isRead(value: string): boolean;
  /** A name that no value of the model has; made of the hint. */
  fresh(hint: string): string;
}

/** Why a node cannot be raised. */
export interface Refused {
  readonly refused: string;
}

/** Nodes that mean the same one version later, in an order in which they can run; the last one gives the outputs. */
export type Converted = readonly NodeProto[] | Refused;

/** Writes a node in the version that its row names; the node is valid in the version before. */
export type Converter = (node: NodeProto, site: Site) => Converted;

export function refuse(reason: string): Refused {
  return { refused: reason };
}

export function isRefused(converted: Converted): converted is Refused {
  return "refused" in converted;
}
