/** Kernel, strides, dilations and pads of operators that slide a window over the spatial dimensions. */
import { add, multiply } from "../arithmetic.js";
import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Shape } from "../type-info.js";

export interface Geometry {
  /** Extents of the window, dilation included. */
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padsBegin: readonly number[];
  readonly padsEnd: readonly number[];
}

export interface WindowKind {
  /** Where the kernel's size comes from if not from an attribute; absent: the attribute is required. */
  readonly weights?: Shape;
  readonly dilates: boolean;
  readonly transposed?: boolean;
}

/** Null when the kernel's size is not known. `input` is [batch, channels, spatial...]. */
export function windowGeometry(node: NodeInference, input: Shape, kind: WindowKind): Geometry | null {
  if (input.length < 3) refuse("the input has no spatial dimensions");
  const rank = input.length - 2;
  const dilations = positives(node, "dilations", rank, kind.dilates);
  const strides = positives(node, "strides", rank, true);
  const size = kernelSize(node, rank, kind);
  if (size === null) return null;
  if (size.some((extent) => extent <= 0)) refuse("the kernel is empty");
  const kernel = size.map((extent, i) => add(multiply(add(extent, -1), dilations[i]!), 1));
  const pads = padding(node, input, kernel, strides, kind.transposed ?? false);
  return { kernel, strides, padsBegin: pads.slice(0, rank), padsEnd: pads.slice(rank) };
}

/** Whether a spatial dimension comes out as it went in, whatever it is; ONNX forgets symbols here. */
export function keepsSize({ kernel, strides, padsBegin, padsEnd }: Geometry, i: number): boolean {
  return strides[i] === 1 && padsBegin[i]! + padsEnd[i]! === kernel[i]! - 1;
}

function positives(node: NodeInference, name: string, rank: number, applies: boolean): readonly number[] {
  const values = (applies ? node.ints(name) : null) ?? new Array<number>(rank).fill(1);
  if (values.length !== rank) refuse(`${name} has ${values.length} values for ${rank} spatial dimensions`);
  if (values.some((value) => value <= 0)) refuse(`${name} is not positive`);
  return values;
}

function kernelSize(node: NodeInference, rank: number, { weights }: WindowKind): readonly number[] | null {
  const given = node.ints("kernel_shape");
  if (given === null && weights === undefined) refuse("kernel_shape is missing");
  const size = given ?? weights!.slice(2);
  const known = size.filter((extent) => typeof extent === "number");
  if (known.length !== size.length) return null;
  if (size.length !== rank) refuse(`the kernel has ${size.length} dimensions, the input ${rank} spatial ones`);
  return known;
}

function padding(
  node: NodeInference,
  input: Shape,
  kernel: readonly number[],
  strides: readonly number[],
  transposed: boolean,
): readonly number[] {
  const rank = input.length - 2;
  const pads = node.ints("pads");
  const mode = node.text("auto_pad", "NOTSET");
  if (pads === null) return automaticPads(node, mode, input, kernel, strides, transposed);
  if (pads.length !== 2 * rank) refuse(`pads has ${pads.length} values instead of ${2 * rank}`);
  if (pads.some((pad) => pad < 0)) refuse("pads is negative");
  if (transposed && node.version >= 11 && mode !== "NOTSET") refuse("pads and auto_pad are both given");
  return pads;
}

/** Enough to keep the output at ceil(input / stride); the odd pixel goes to the end for SAME_UPPER. */
function automaticPads(
  node: NodeInference,
  mode: string,
  input: Shape,
  kernel: readonly number[],
  strides: readonly number[],
  transposed: boolean,
): readonly number[] {
  const totals = kernel.map((extent, i) => {
    if (node.attribute("auto_pad") === undefined || mode === "VALID") return 0;
    if (transposed) return Math.max(add(extent, -strides[i]!), 0);
    return totalPad(input[2 + i]!, extent, strides[i]!);
  });
  const halves = totals.map((total) => [Math.floor(total / 2), Math.ceil(total / 2)] as const);
  if (mode === "SAME_UPPER") return [...halves.map(([small]) => small), ...halves.map(([, big]) => big)];
  if (mode === "SAME_LOWER") return [...halves.map(([, big]) => big), ...halves.map(([small]) => small)];
  return new Array<number>(2 * kernel.length).fill(0);
}

function totalPad(size: number | string | null, extent: number, stride: number): number {
  if (stride === 1) return Math.max(add(extent, -1), 0);
  if (typeof size !== "number" || size < 0) return 0;
  const rest = size % stride;
  return Math.max(add(extent, -(rest === 0 ? stride : rest)), 0);
}
