/** What the nodes of a graph are read as. */
import type { Shape } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import type { LazyTensor } from "../../tensors/tensor.js";

/** A node of the source as IR, or why it is none. */
export type NodeReading =
  | {
      readonly kind: "read";
      /** None where the node is part of what a node behind it was read as. */
      readonly nodes: readonly Node[];
      readonly constants: ReadonlyMap<string, LazyTensor>;
      /** The values of the source that these read: not the shapes, axes and sizes that the IR has as attributes. */
      readonly reads: ReadonlySet<string>;
    }
  /** `reason` is null where smxc does not know the operator. */
  | { readonly kind: "left"; readonly reason: string | null };

export interface GraphReading {
  /** By position in the graph. */
  readonly readings: readonly NodeReading[];
  /** Of float32 values, as IR knows them. */
  readonly shapes: ReadonlyMap<string, Shape>;
}
