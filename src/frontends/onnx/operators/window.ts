/** Windows of convolutions and pools: strides, dilations and pads, given or to be found out. */
import { type Dim, divideDim } from "../../../ir/dim.js";
import type { Pair, Window } from "../../../ir/ops/windows.js";
import { intsOf, textOf } from "../attributes.js";
import { NotRead, type SourceNode } from "../reading.js";

/** Height's and width's of an attribute. @param least that its values may be */
export function pairOf({ node }: SourceNode, name: string, least = 1): Pair | undefined {
  const values = intsOf(node, name);
  if (values === undefined) return undefined;
  if (values.length !== 2)
    throw new NotRead(`its ${name} are given for ${values.length} axes, not for height and width`);
  if (values.some((value) => value < least)) throw new NotRead(`its ${name} are below ${least}`);
  return values as unknown as Pair;
}

/** @param kernel height and width @param x the shape [N,C,H,W] that it slides over */
export function windowOf(source: SourceNode, kernel: Pair, x: readonly Dim[]): Window {
  const stride = pairOf(source, "strides") ?? [1, 1];
  const dilation = pairOf(source, "dilations") ?? [1, 1];
  return { kernel, stride, dilation, pads: padsOf(source, { kernel, stride, dilation }, x) };
}

/** Pads that are given. */
export function explicitPads({ node }: SourceNode): Window["pads"] {
  const pads = intsOf(node, "pads") ?? [0, 0, 0, 0];
  if (pads.length !== 4) throw new NotRead("its pads are not given for height and width");
  if (pads.some((each) => each < 0)) throw new NotRead("its pads are negative");
  return pads as unknown as Window["pads"];
}

function padsOf(source: SourceNode, window: Omit<Window, "pads">, x: readonly Dim[]): Window["pads"] {
  const mode = textOf(source.node, "auto_pad", "NOTSET");
  if (mode === "NOTSET") return explicitPads(source);
  if (mode === "VALID") return [0, 0, 0, 0];
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") throw new NotRead(`its auto_pad is "${mode}"`);
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const total = paddingThatKeeps(window, axis, x[2 + axis]!);
    const less = Math.floor(total / 2);
    return mode === "SAME_UPPER" ? [less, total - less] : [total - less, less];
  });
  return [rows![0]!, columns![0]!, rows![1]!, columns![1]!];
}

/** Pixels by which an axis is padded so that its result has ⌈size / stride⌉. */
function paddingThatKeeps({ kernel, stride, dilation }: Omit<Window, "pads">, axis: 0 | 1, size: Dim): number {
  const reach = dilation[axis] * (kernel[axis] - 1) + 1;
  const [step, fits] = [stride[axis], divideDim(size, stride[axis]) !== undefined];
  if (!fits && typeof size !== "number") throw new NotRead("its auto_pad depends on sizes that are not known");
  const rest = fits ? step : (size as number) % step;
  return Math.max(reach - rest, 0);
}
