import type { Shape } from "../ir/dim.js";
import type { OpAttributes, OpName } from "../ir/ops/index.js";
import type { LazyTensor } from "../tensors/tensor.js";
import type { AttributeValue, GraphEmitter, Layout } from "./emitter.js";

/** One IR node being lowered: its inputs as ONNX values, and the place to bind its result. */
export interface LowerSite {
  readonly e: GraphEmitter;
  /** Name of the IR value. */
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  /** Whether a layer on a canvas reads the result, which takes channels last. */
  readonly isReadOnCanvas: boolean;
  /** ONNX name of an input, in the wanted layout; a change of layout is emitted once per value. */
  read(index: number, layout?: Layout): string;
  /** The layout that an input already has; `nchw` where it has both. */
  layoutOf(index: number): Layout;
  /** The shape of the result as it lies in memory in a layout. */
  shapeIn(layout: Layout): Shape;
  /** The mean of a feature map over its height and width, [N,C], where it is to be had for less than pooling. */
  mean(index: number): string | undefined;
  /** Whether an input is a router's hard choice. */
  isOneHot(index: number): boolean;
  /** What a router's softmax made an input of, if that is at hand: in the same order, and not rounded to equal weights. */
  logits(index: number): string | undefined;
  /** Keeps the ONNX value that the result is a softmax of. */
  keepLogits(value: string): void;
  /** The constant behind an input, if it is one. */
  constant(index: number): LazyTensor | undefined;
  /** Emits the node that makes the result, under the value's own name, and binds it. */
  result(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    layout?: Layout,
  ): void;
  /** Binds an ONNX value as the result. */
  bind(value: string, layout?: Layout): void;
  /**
   * Binds the pixels of an input, repeated in blocks, as the result: layers on a canvas repeat what they read of it.
   *
   * @param make makes the whole result with channels last, where somebody reads it otherwise
   */
  bindRepeated(index: number, scale: number, make: () => void): void;
}

/** How one operator of the IR becomes ONNX: emits nodes that compute the value and binds the result to the site. */
export type OperatorEmitter<Op extends OpName> = (attributes: OpAttributes[Op], site: LowerSite) => void;
