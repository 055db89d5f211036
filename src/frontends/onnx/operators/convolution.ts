import { shapeText } from "../../../ir/dim.js";
import type { Pair } from "../../../ir/ops/windows.js";
import type { LazyTensor } from "../../../tensors/tensor.js";
import { hasAttribute, intOf, textOf } from "../attributes.js";
import { constantOf, inputOf, optionalVector, pictureOf } from "../operands.js";
import { type NodeWriter, NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";
import { explicitPads, pairOf, windowOf } from "./window.js";

function kernelOf(source: SourceNode): LazyTensor {
  const kernel = constantOf(source, 1, "kernel");
  if (kernel.shape.length !== 4) throw new NotRead(`its kernel is ${shapeText(kernel.shape)}, not two-dimensional`);
  return kernel;
}

function sidesOf({ shape }: LazyTensor): Pair {
  return [shape[2]!, shape[3]!];
}

function inputsOf(source: SourceNode, write: NodeWriter, kernel: LazyTensor, out: number): readonly string[] {
  const bias = optionalVector(source, 2, "bias", out);
  const constants = [write.constant("kernel", kernel), ...(bias ? [write.constant("bias", bias)] : [])];
  return [inputOf(source, 0), ...constants];
}

const conv: Read = (source, write) => {
  const x = pictureOf(source, 0);
  const kernel = kernelOf(source);
  const window = windowOf(source, sidesOf(kernel), x);
  const groups = intOf(source.node, "group", 1);
  write.node("conv", inputsOf(source, write, kernel, kernel.shape[0]!), { ...window, groups }, { output: 0 });
};

const convTranspose: Read = (source, write) => {
  pictureOf(source, 0);
  const { node } = source;
  const kernel = kernelOf(source);
  if (hasAttribute(node, "output_shape")) throw new NotRead("its pads follow from its output_shape");
  const mode = textOf(node, "auto_pad", "NOTSET");
  if (mode !== "NOTSET" && mode !== "VALID") throw new NotRead(`its auto_pad is "${mode}"`);
  const groups = intOf(node, "group", 1);
  const attributes = {
    kernel: sidesOf(kernel),
    stride: pairOf(source, "strides") ?? [1, 1],
    dilation: pairOf(source, "dilations") ?? [1, 1],
    pads: mode === "VALID" ? ([0, 0, 0, 0] as const) : explicitPads(source),
    outputPads: pairOf(source, "output_padding", 0) ?? [0, 0],
    groups,
  } as const;
  write.node("conv_transpose", inputsOf(source, write, kernel, kernel.shape[1]! * groups), attributes, { output: 0 });
};

export const CONVOLUTION = {
  Conv: { read: conv },
  ConvTranspose: { read: convTranspose },
} satisfies Readonly<Record<string, OperatorRow>>;
