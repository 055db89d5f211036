import type { Dim } from "../../../ir/dim.js";
import type { Window } from "../../../ir/ops/windows.js";
import { intOf, intsOf } from "../attributes.js";
import { axisOf, inputOf, numbersOf, onlyFirstOutput, pictureOf, shapeOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";
import { pairOf, windowOf } from "./window.js";

function poolWindow(source: SourceNode): Window {
  const x = pictureOf(source, 0);
  const kernel = pairOf(source, "kernel_shape");
  if (kernel === undefined) throw new NotRead("it has no kernel_shape");
  const window = windowOf(source, kernel, x);
  if (window.dilation.some((each) => each !== 1)) throw new NotRead("its window is dilated");
  if (intOf(source.node, "ceil_mode", 0) !== 0 && !leavesNothing(window, x))
    throw new NotRead("its sizes are rounded up (ceil_mode)");
  return window;
}

/** Whether windows end at the padded picture's border, so that rounding changes nothing. */
function leavesNothing({ kernel, stride, pads }: Window, x: readonly Dim[]): boolean {
  return ([0, 1] as const).every((axis) => {
    const size = x[2 + axis]!;
    if (stride[axis] === 1) return true;
    return typeof size === "number" && (size + pads[axis] + pads[axis + 2]! - kernel[axis]) % stride[axis] === 0;
  });
}

const maxPool: Read = (source, write) => {
  onlyFirstOutput(source, "other nodes use its indices");
  write.node("pool", [inputOf(source, 0)], { kind: "max", ...poolWindow(source) }, { output: 0 });
};

const averagePool: Read = (source, write) => {
  const window = poolWindow(source);
  if (intOf(source.node, "count_include_pad", 0) === 0 && window.pads.some((each) => each !== 0))
    throw new NotRead("its means do not count padded pixels");
  write.node("pool", [inputOf(source, 0)], { kind: "average", ...window }, { output: 0 });
};

const globalAveragePool: Read = (source, write) => {
  pictureOf(source, 0);
  write.node("global_pool", [inputOf(source, 0)], { flat: false }, { output: 0 });
};

/** Axes are an attribute until opset 17, an input from 18 on. */
const reduceMean: Read = (source, write) => {
  const rank = shapeOf(source, 0).length;
  const { node, opset } = source;
  const given = opset < 18 ? intsOf(node, "axes") : source.input(1) && numbersOf(source, 1, "axes");
  const axes = (given || []).map((axis) => axisOf(axis, rank)).sort();
  if (rank !== 4 || axes.join() !== "2,3") throw new NotRead("it takes the mean over axes other than height and width");
  pictureOf(source, 0);
  write.node("global_pool", [inputOf(source, 0)], { flat: intOf(node, "keepdims", 1) === 0 }, { output: 0 });
};

export const POOLING = {
  MaxPool: { read: maxPool },
  AveragePool: { read: averagePool },
  GlobalAveragePool: { read: globalAveragePool },
  ReduceMean: { read: reduceMean },
} satisfies Readonly<Record<string, OperatorRow>>;
