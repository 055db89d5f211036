/** What inference of graphs takes, and what it reports. */

import type { FunctionProto, NodeProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { Schema, SchemaRegistry } from "../schemas/registry.js";
import type { CallBudget } from "./call-budget.js";
import type { CallMemory } from "./call-memory.js";
import type { Constant } from "./constant.js";
import type { FaultKind } from "./fault.js";
import type { Shape, TypeInfo } from "./type-info.js";

/** What inference finds; each is reported to those who listen for it. */
export interface InferenceListener {
  /** A contradiction. `isCertain` is false where ONNX keeps quiet because of operators that it does not know. */
  contradiction?(kind: FaultKind, place: Place, message: string, isCertain: boolean): void;
  /** An operator that is not inferred: its outputs, and what follows from them, are not judged. */
  notInferred?(schema: Schema, place: Place): void;
  /** A call or sub-graph that is not followed, and why: what follows from its outputs is not judged. */
  notFollowed?(place: Place, reason: string): void;
  /**
   * A node, once its outputs are inferred as far as they can be. `typeOf` answers for the names that it sees. It does not fit
   * where its operator takes no such inputs or attributes, so that it runs nowhere.
   */
  visited?(
    node: NodeProto,
    place: Place,
    schema: Schema | null,
    typeOf: (name: string) => TypeInfo | null,
    known: KnownOf,
    fits: boolean,
  ): void;
}

/** What is known of values besides their types. */
export interface KnownOf {
  /** A value that follows from constants and shapes. */
  constant(name: string): Constant | null;
  /** The sizes that an integer vector holds, as far as they follow from shapes. */
  sizes(name: string): Shape | null;
  /** The elements of a scalar or vector of numbers, as far as they follow from constants and shapes. */
  elements(name: string): Shape | null;
}

export interface InferenceSetting {
  readonly schemas: SchemaRegistry;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly irVersion: number;
  readonly listener: InferenceListener;
  /** Whether sizes are followed through integer arithmetic on shapes. */
  readonly propagates: boolean;
  /** Whether values of small tensors are followed too, and the first turn of a Scan stands for all of them. */
  readonly estimates: boolean;
  readonly budget: CallBudget;
  /** Null where a listener wants to visit the nodes of every call. */
  readonly memory: CallMemory | null;
}

/** How inference came to a graph or function. */
export interface Surroundings {
  /** Functions being inferred, outermost first. */
  readonly calls: readonly FunctionProto[];
  /** Graphs and functions around. */
  readonly depth: number;
  readonly isDoubtful: boolean;
}

/** How a call names a function; unlike in the checker, `ai.onnx` is not the empty domain here. */
export function callId(domain = "", name = "", overload = ""): string {
  return overload === "" ? `${domain}:${name}` : `${domain}:${name}:${overload}`;
}
