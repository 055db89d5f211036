/** What a kind of layer is made of. One file per kind (or family of like kinds) defines it; `index.ts` is the table. */
import type * as z from "zod";
import type { Shape } from "../../../ir/dim.js";
import type { OpAttributes, OpName } from "../../../ir/ops/index.js";
import type { LazyTensor } from "../../../tensors/tensor.js";

/** What a layer builds itself with. Every method throws RuleError; the caller adds the layer's place. */
export interface LayerBuilder {
  /** Shape of a value that an earlier layer or input defines. */
  shape(value: string): Shape;
  /**
   * The name of a constant that holds a tensor of the weights file. Several shapes may be allowed, all with the same
   * elements; the constant has the first. A tensor that is missing or has another shape is reported with all the others.
   */
  weight(tensor: string, shape: readonly number[], ...alternatives: readonly (readonly number[])[]): string;
  /** The shape of a tensor in the weights file, if it is there. */
  storedShape(tensor: string): readonly number[] | undefined;
  /** Whether a value is a router's one-hot choice. */
  isOneHot(value: string): boolean;
  /** Adds a constant computed from tensors. */
  constant(name: string, tensor: LazyTensor): string;
  /** Values of a constant that `weight` gave. */
  tensor(constant: string): LazyTensor;
  /** Declares a value to be the β that a router gives, before roots and hard choices. */
  beta(router: string, value: string): void;
  /** Adds a node and returns its name. */
  node<Op extends OpName>(op: Op, name: string, inputs: readonly string[], attributes: OpAttributes[Op]): string;
}

export interface LayerDefinition<Schema extends z.ZodType> {
  /** The layer's fields, with `op` as a literal. */
  readonly schema: Schema;
  /** One layer as a person would write it; a test holds it against the schema. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Builds the nodes of the layer; the one that is named like the layer is its result. */
  build(layer: z.output<Schema>, builder: LayerBuilder): void;
}

export function layer<Schema extends z.ZodType>(definition: LayerDefinition<Schema>): LayerDefinition<Schema> {
  return definition;
}
