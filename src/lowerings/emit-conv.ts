import type { Shape } from "../ir/dim.js";
import { taps, type Window } from "../ir/ops/windows.js";
import { webgpuConvFault } from "../onnx/providers/conv-faults.js";
import { extended } from "../tensors/derived.js";
import type { LazyTensor } from "../tensors/tensor.js";
import type { AttributeValue, GraphEmitter } from "./emitter.js";
import { windowAttributes } from "./window-attributes.js";

/** An operand as ONNX value, with its numbers where they are constant. */
export interface ConvOperand {
  readonly value: string;
  readonly data?: LazyTensor | undefined;
}

/** A convolution to be emitted. */
export interface ConvCall {
  /** [N,C,H,W] */
  readonly x: string;
  readonly shape: Shape;
  /** [O,C/groups,kh,kw] */
  readonly kernel: ConvOperand;
  /** [O] */
  readonly bias?: ConvOperand | undefined;
  readonly out: number;
  readonly window: Window;
  readonly groups: number;
}

/**
 * One Conv; where the target's kernel would get it wrong (`webgpuConvFault`), one with more channels: zeros after the
 * input's, which makes their number one of four, or a whole group of zeros after the others, whose outputs are left out.
 *
 * @param label of what is emitted before the result
 * @param outShape [N,O,H',W']
 * @param result emits the node of the result
 */
export function emitConv<Result>(
  e: GraphEmitter,
  label: string,
  call: ConvCall,
  outShape: Shape,
  result: (op: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>) => Result,
): Result {
  const { x, shape, kernel, bias, out, window, groups } = call;
  const channels = shape[1] as number;
  const attributes = (group: number) => ({ ...windowAttributes(window), group });
  const pointwise = taps(window) === 1 && [...window.stride, ...window.pads].join() === "1,1,0,0,0,0";
  const fault = e.options.target === "webgpu" ? webgpuConvFault({ channels, out, groups, pointwise }) : undefined;
  if (fault === undefined) return result("Conv", operands(x, kernel.value, bias?.value), attributes(groups));

  const kernelShape = [out, channels / groups, ...window.kernel];
  const extra = fault === "input" ? 4 - (channels % 4) : channels / groups;
  const wide = [shape[0]!, channels + extra, ...shape.slice(2)];
  const padded = e.op("Pad", `${label}/more_channels`, [x, padding(e, 4, 1, extra)], wide, { mode: "constant" });
  if (fault === "input") {
    const wider = emitExtended(e, `${label}/more_columns`, kernel, kernelShape, 1, extra);
    return result("Conv", operands(padded, wider, bias?.value), attributes(1));
  }
  const more = out / groups;
  const taller = emitExtended(e, `${label}/more_rows`, kernel, kernelShape, 0, more);
  const longer = bias && emitExtended(e, `${label}/more_biases`, bias, [out], 0, more);
  const tall = [outShape[0]!, out + more, ...outShape.slice(2)];
  const all = e.op("Conv", `${label}/more_groups`, operands(padded, taller, longer), tall, attributes(groups + 1));
  return result("Slice", [all, e.ints([0]), e.ints([out]), e.ints([1])]);
}

function operands(...values: readonly (string | undefined)[]): readonly string[] {
  return values.filter((value) => value !== undefined);
}

/** Zeros after the last element of an axis. */
function emitExtended(
  e: GraphEmitter,
  label: string,
  { value, data }: ConvOperand,
  shape: readonly number[],
  axis: number,
  by: number,
): string {
  if (data !== undefined) return e.weight(`${value}/extended`, extended(data, shape, axis, by));
  const longer = shape.map((size, index) => (index === axis ? size + by : size));
  return e.op("Pad", label, [value, padding(e, shape.length, axis, by)], longer, { mode: "constant" });
}

/** The operand of a Pad that adds `by` elements after the last one of an axis. */
function padding(e: GraphEmitter, rank: number, axis: number, by: number): string {
  return e.ints(Array.from({ length: 2 * rank }, (_, index) => (index === rank + axis ? by : 0)));
}
