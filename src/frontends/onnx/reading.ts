/** How one node of an ONNX graph is read as IR. */
import type { Dim, Shape } from "../../ir/dim.js";
import type { OpAttributes, OpName } from "../../ir/ops/index.js";
import type { NodeProto } from "../../onnx/graph/records.js";
import type { LazyTensor } from "../../tensors/tensor.js";

/** A node of the source and what is known of its inputs. Inputs are asked for by position. */
export interface SourceNode {
  readonly node: NodeProto;
  /** Version of ai.onnx that the graph imports. */
  readonly opset: number;
  /** Name of an input; undefined where it is left out. */
  input(index: number): string | undefined;
  /** Undefined where the input is left out, or nothing is known of its rank, or it is not float32. */
  shape(index: number): Shape | undefined;
  /** A float32 input that is constant: an initializer, a Constant, or computed of constants alone. */
  tensor(index: number): LazyTensor | undefined;
  /** The values of a small constant input of any numeric type. */
  numbers(index: number): readonly number[] | undefined;
  /** The sizes that an integer vector holds, where they follow from shapes: as Reshape, Resize, Expand take them. */
  sizes(index: number): readonly (Dim | undefined)[] | undefined;
}

/** Makes the IR of one node. */
export interface NodeWriter {
  /**
   * Adds a node of the IR; returns the name of its value. The last one for an output of the source must have that output's
   * name; others get a name of their own from `step`.
   */
  node<Op extends OpName>(
    op: Op,
    inputs: readonly string[],
    attributes: OpAttributes[Op],
    as: { readonly output: number } | { readonly step: string },
  ): string;
  /** A constant of the source, or one that is made of it, such as a bias of zeros. */
  constant(step: string, tensor: LazyTensor): string;
}

/** A node that stays as it is: the user is shown the reason. */
export class NotRead extends Error {
  override readonly name = "NotRead";
}

/** Of nodes whose inputs or attributes their operators do not take: a checker may let them pass, no runtime runs them. */
export const MISFIT = "its operator takes no such inputs or attributes";

/**
 * How an operator is read, in the opset at hand: emits what defines all used outputs of the node.
 * @throws NotRead, with the condition that does not hold; RuleError of an operator of the IR counts as one
 */
export type Read = (source: SourceNode, write: NodeWriter) => void;

/** A row of the table: what an operator of ai.onnx becomes. */
export interface OperatorRow {
  readonly read: Read;
}

/** What stands around a node, for patterns of several nodes. */
export interface Surroundings {
  /** The node that gives a value; undefined for inputs of the graph and constants. */
  giver(value: string): SourceNode | undefined;
  /** Whether one node reads a value, once, and the graph does not show it. */
  isReadOnce(value: string): boolean;
}

/** Nodes that a pattern takes together with the one that it was tried at. */
export interface PatternMatch {
  /** The nodes before the last; nothing else reads their values. */
  readonly inner: readonly NodeProto[];
  /** Emits what defines the output of the last node. */
  read(write: NodeWriter): void;
}

/** Several nodes that are one operator of the IR, where their inner values are none that the IR knows. */
export interface OnnxPattern {
  readonly name: string;
  /** Operator of the last node, at which the pattern is tried before the operator's own row. */
  readonly last: string;
  /** Undefined where the nodes are something else. */
  match(last: SourceNode, around: Surroundings): PatternMatch | undefined;
}
