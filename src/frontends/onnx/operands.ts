/** What operators ask of their inputs, and the reasons for which they are left. */
import { type Dim, type Shape, shapeText } from "../../ir/dim.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import { type NodeWriter, NotRead, type SourceNode } from "./reading.js";

/** An input that must be there. */
export function inputOf(source: SourceNode, index: number): string {
  const name = source.input(index);
  if (name === undefined) throw new NotRead(`its input ${index} is left out`);
  return name;
}

export function shapeOf(source: SourceNode, index: number): Shape {
  const name = inputOf(source, index);
  const shape = source.shape(index);
  if (shape === undefined) throw new NotRead(`"${name}" is not float32, or its shape is not known`);
  return shape;
}

/** The shape [N,C,H,W] of a picture whose channels are known. */
export function pictureOf(source: SourceNode, index: number): readonly [Dim, number, Dim, Dim] {
  const shape = shapeOf(source, index);
  if (shape.length !== 4)
    throw new NotRead(`"${inputOf(source, index)}" is not a picture [N,C,H,W] but ${shapeText(shape)}`);
  channelsOf(source, index);
  return shape as readonly [Dim, number, Dim, Dim];
}

/** Extent of axis 1. */
export function channelsOf(source: SourceNode, index: number): number {
  const shape = shapeOf(source, index);
  const channels = shape[1];
  if (typeof channels === "number") return channels;
  throw new NotRead(`the number of channels of "${inputOf(source, index)}" ${shapeText(shape)} is not known`);
}

/** A constant that must be there. @param what it is, as `kernel` */
export function constantOf(source: SourceNode, index: number, what: string): LazyTensor {
  inputOf(source, index);
  const tensor = source.tensor(index);
  if (tensor === undefined) throw new NotRead(`its ${what} is not constant`);
  return tensor;
}

/** A constant vector of some length that may be left out. */
export function optionalVector(source: SourceNode, index: number, what: string, size: number): LazyTensor | undefined {
  if (source.input(index) === undefined) return undefined;
  const tensor = constantOf(source, index, what);
  if (tensor.shape.length !== 1 || tensor.shape[0] !== size)
    throw new NotRead(`its ${what} is ${shapeText(tensor.shape)}, not [${size}]`);
  return tensor;
}

/** An input as a value of the IR: a constant where it is one, which belongs to every sample. */
export function operand(source: SourceNode, write: NodeWriter, index: number): string {
  const tensor = source.tensor(index);
  if (tensor === undefined) return inputOf(source, index);
  if (tensor.shape[0] !== 1) throw new NotRead(BATCH_OF_ITS_OWN);
  return write.constant(`input${index}`, tensor);
}

export const BATCH_OF_ITS_OWN = "its constant has its own batch";

/** Numbers of a small constant that must be there. */
export function numbersOf(source: SourceNode, index: number, what: string): readonly number[] {
  inputOf(source, index);
  const numbers = source.numbers(index);
  if (numbers === undefined) throw new NotRead(`its ${what} are not constant`);
  return numbers;
}

/** One number of a constant input; undefined where the input is left out. */
export function optionalNumber(source: SourceNode, index: number, what: string): number | undefined {
  if (source.input(index) === undefined) return undefined;
  const numbers = source.numbers(index);
  if (numbers?.length !== 1) throw new NotRead(`its ${what} is not constant`);
  return numbers[0]!;
}

/** An axis that may be counted from the end. */
export function axisOf(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!(counted >= 0 && counted < rank)) throw new NotRead(`there is no axis ${axis} in ${rank} dimensions`);
  return counted;
}

/** The outputs of a node that others may read, by position. */
export function usedOutputs(source: SourceNode): readonly number[] {
  return source.node.output.flatMap((name, index) => (name === "" ? [] : [index]));
}

/** Refuses a node whose outputs after the first may be read. @param reason why */
export function onlyFirstOutput(source: SourceNode, reason: string): void {
  if (usedOutputs(source).some((index) => index > 0)) throw new NotRead(reason);
}

/** Emits what leaves its input as it is, under the name of the first output; a pass takes it out. */
export function keep(write: NodeWriter, input: string): void {
  write.node("affine", [input], { scale: 1, shift: 0 }, { output: 0 });
}
