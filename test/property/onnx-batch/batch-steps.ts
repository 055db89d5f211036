/** Steps that give a batch of one other shapes, or compute sizes of it. */

import type { Step } from "../onnx-graphs/known-steps.js";
import type { Picture, Sketch } from "../onnx-graphs/sketch.js";
import { float, int, ints, text } from "../onnx-operators/draw.js";

function sizeOf(s: Sketch, { channels, scale }: Picture): readonly [number, number, number, number] {
  return [1, channels, scale * s.fixed!.height, scale * s.fixed!.width];
}

function softmax(s: Sketch, name: string): string {
  return s.node("Softmax", [name], { axis: int(-1) });
}

/** Before opset 13 a Softmax joins the axes before its own: only its last axis is the same, counted from the front before opset 11. */
const hasSoftmax = (s: Sketch): boolean => s.opset >= 11;

/** Attention between pixels. */
const tokens: Step = (s) => {
  if (!hasSoftmax(s)) return;
  const x = s.any();
  const [, c, h, w] = sizeOf(s, x);
  if (h * w > 100) return;
  const rows = s.node("Reshape", [
    x.name,
    s.integers(
      s.draw.pick([
        [1, c, h * w],
        [0, c, -1],
        [1, c, -1],
        [-1, c, h * w],
      ]),
    ),
  ]);
  const columns = s.node("Transpose", [rows], { perm: ints([0, 2, 1]) });
  const weights = softmax(s, s.node("MatMul", [columns, rows]));
  const mixed = s.node(
    "MatMul",
    s.draw.pick([
      [rows, weights],
      [rows, weights],
    ]),
  );
  s.picture(s.node("Reshape", [mixed, s.integers([1, c, h, w])]), x);
};

/** Attention in windows, which joins them to the batch. */
const windows: Step = (s) => {
  if (!hasSoftmax(s)) return;
  const x = s.any();
  const [, c, h, w] = sizeOf(s, x);
  if (h % 2 > 0) return;
  const cut = s.node("Reshape", [x.name, s.integers([1, c, 2, h / 2, w])]);
  const front = s.node("Transpose", [cut], { perm: ints([0, 2, 3, 4, 1]) });
  const joined = s.node("Reshape", [front, s.integers([s.draw.pick([2, -1]), (h * w) / 2, c])]);
  const turned = s.node("Transpose", [joined], { perm: ints([0, 2, 1]) });
  const mixed = s.node("MatMul", [softmax(s, s.node("MatMul", [joined, turned])), joined]);
  const apart = s.node("Reshape", [mixed, s.integers([1, 2, h / 2, w, c])]);
  const back = s.node("Transpose", [apart], { perm: ints([0, 4, 1, 2, 3]) });
  s.picture(s.node("Reshape", [back, s.integers([1, c, h, w])]), x);
};

/** A batch of one that goes through another axis and comes back. */
const views: Step = (s) => {
  const x = s.any();
  const [, c, h, w] = sizeOf(s, x);
  const turned = s.node("Transpose", [x.name], { perm: ints([1, 0, 2, 3]) });
  const middle = s.draw.yes() ? turned : s.node("Reshape", [turned, s.integers([c * h, w])]);
  const read = s.draw.int(0, 3) === 0 ? s.node("Relu", [middle]) : middle;
  s.picture(s.node("Reshape", [read, s.integers([1, c, h, w])]), x);
};

/** Halves of the channels, whose number is read from the shape. */
const halves: Step = (s) => {
  const x = s.any();
  if (x.channels % 2 > 0 || s.opset < 10) return;
  const size = s.node("Gather", [s.node("Shape", [x.name]), s.integers([1])], { axis: int(0) });
  const half = s.node("Div", [size, s.integers([2])]);
  const first = s.node("Slice", [x.name, s.integers([0]), half, s.integers([1])]);
  const second = s.node("Slice", [x.name, half, size, s.integers([1])]);
  s.picture(s.node("Mul", [first, second]), { channels: x.channels / 2, scale: x.scale });
};

/** A shape that is put together of sizes that are read. */
const reshapedAs: Step = (s) => {
  const x = s.any();
  const shape = s.node("Shape", [x.name]);
  const part = (index: number): string => s.node("Gather", [shape, s.integers([index])], { axis: int(0) });
  const flat = s.node("Concat", [part(0), part(1), s.integers([-1])], { axis: int(0) });
  const flattened = s.node("Exp", [s.node("Neg", [s.node("Abs", [s.node("Reshape", [x.name, flat])])])]);
  s.picture(s.node("Reshape", [flattened, shape]), x);
};

/** A constant in the size of a picture, whose batch is one. */
const constantLike: Step = (s) => {
  const x = s.any();
  if (s.opset < 9) return;
  const value = { t: s.held([1], [0.5]) };
  const filled = s.node("ConstantOfShape", [s.node("Shape", [x.name])], { value });
  s.picture(s.draw.int(0, 3) === 0 ? filled : s.node("Add", [x.name, filled]), x);
};

const repeated: Step = (s) => {
  const x = s.any();
  if (s.opset < 8 || x.channels > 16) return;
  const pooled = s.node("GlobalAveragePool", [x.name]);
  const [, c, h, w] = sizeOf(s, x);
  const name = s.draw.pick([
    () => s.node("Tile", [pooled, s.integers([1, 1, h, w])]),
    () => s.node("Expand", [pooled, s.integers([1, c, h, w])]),
    () => s.node("Expand", [pooled, s.node("Shape", [x.name])]),
  ])();
  s.picture(s.node("Sub", [x.name, name]), x);
};

/** Through vectors of channels. */
const squeezed: Step = (s) => {
  const x = s.any();
  const pooled = s.node("GlobalAveragePool", [x.name]);
  const flat = s.node("Flatten", [pooled], s.draw.yes() ? { axis: int(1) } : {});
  const mixed = s.draw.yes()
    ? s.node("Gemm", [flat, s.constant([x.channels, x.channels], 0.3), s.constant([x.channels], 0.3)], {
        transB: int(1),
      })
    : s.node("MatMul", [flat, s.constant([x.channels, x.channels], 0.3)]);
  const gate = s.node("Reshape", [mixed, s.integers([1, s.draw.pick([x.channels, -1]), 1, 1])]);
  s.picture(s.node("Mul", [x.name, s.node("Sigmoid", [gate])]), x);
};

/** What depends on all samples at once, were they a batch. */
const overAll: Step = (s) => {
  const x = s.any();
  const name = s.draw.pick([
    () => s.node("ReduceMean", [x.name], { axes: ints([0, 2, 3]), keepdims: int(1) }),
    () => s.node("ReduceMax", [x.name], { axes: ints([0, 1]), keepdims: int(1) }),
    () => s.node("Concat", [x.name, x.name], { axis: int(0) }),
    () => s.node("Gather", [x.name, s.integers(0)], { axis: int(0) }),
  ]);
  if (s.opset >= 18) return;
  const over = name();
  const back = s.node("ReduceMean", [over], { axes: ints([0]), keepdims: int(1) });
  if (s.draw.yes()) s.picture(s.node("Sub", [x.name, back]), x);
};

const resized: Step = (s) => {
  const x = s.any();
  if (x.scale > 1 || s.opset < 13) return;
  const [, c, h, w] = sizeOf(s, x);
  const mode = { mode: text(s.draw.pick(["nearest", "linear"])), cubic_coeff_a: float(-0.75) };
  const name = s.node("Resize", [x.name, "", "", s.integers([1, c, 2 * h, 2 * w])], mode);
  s.picture(name, { channels: c, scale: 2 });
};

/** What exporters compute sizes of, where the size that they are exported at is left to the run. */
function sizesOf(s: Sketch, { name }: Picture): readonly string[] {
  const shape = s.node("Shape", [name]);
  return [0, 1, 2, 3].map((index) => s.node("Gather", [shape, s.integers([index])], { axis: int(0) }));
}

const joined = (s: Sketch, parts: readonly string[]): string => s.node("Concat", parts, { axis: int(0) });

/** Samples and channels that change places in shapes, and may be read in between. */
const computedShapes: Step = (s) => {
  const x = s.any();
  if (s.opset < 14) return;
  const [n, c, h, w] = sizesOf(s, x) as [string, string, string, string];
  const one = s.integers([1]);
  const both = s.node("Mul", [n, c]);
  const first = s.draw.pick([n, one, s.integers([0]), s.integers([-1]), s.node("Div", [both, c])]);
  const target = s.draw.pick([
    () => joined(s, [first, c, h, w]),
    () => joined(s, [n, c, s.integers([-1])]),
    () => joined(s, [one, both, h, w]),
    () => joined(s, [both, h, w]),
    () => joined(s, [c, n, h, w]),
    () => joined(s, [s.node("Sub", [s.node("Add", [n, one]), one]), c, h, w]),
  ])();
  const there = s.node("Reshape", [x.name, target]);
  const between = s.draw.yes() ? there : s.node("Sin", [there]);
  s.picture(s.node("Reshape", [between, joined(s, [s.draw.pick([n, one]), c, h, w])]), x);
};

/** A constant for each sample. */
const computedRepeats: Step = (s) => {
  const x = s.any();
  if (s.opset < 14) return;
  const [n, , h, w] = sizesOf(s, x) as [string, string, string, string];
  const bias = s.constant([1, x.channels, 1, 1], 0.3);
  const one = s.integers([1]);
  const repeated = s.draw.pick([
    () => s.node("Expand", [bias, s.node("Shape", [x.name])]),
    () => s.node("Tile", [bias, joined(s, [s.draw.pick([n, one]), one, h, w])]),
    () => s.node("Expand", [s.constant([x.channels, 1, 1], 0.3), joined(s, [n, one, h, w])]),
  ])();
  s.picture(s.node("Add", [x.name, repeated]), x);
};

/** A size as a factor: how many rows there are, or how many samples. */
const computedFactor: Step = (s) => {
  const x = s.any();
  const sizes = sizesOf(s, x);
  const size = s.node("Cast", [s.draw.pick([sizes[2]!, sizes[0]!, s.node("Div", [sizes[2]!, sizes[0]!])])], {
    to: int(1),
  });
  s.picture(s.node("Div", [x.name, size]), x);
};

const computedResize: Step = (s) => {
  const x = s.any();
  if (x.scale > 1 || s.opset < 13) return;
  const [n, c, h, w] = sizesOf(s, x) as [string, string, string, string];
  const two = s.integers([2]);
  const target = joined(s, [n, c, s.node("Mul", [h, two]), s.node("Mul", [w, two])]);
  s.picture(s.node("Resize", [x.name, "", "", target], { mode: text("nearest") }), { channels: x.channels, scale: 2 });
};

export const BATCH_STEPS: readonly Step[] = [
  tokens,
  windows,
  views,
  halves,
  reshapedAs,
  constantLike,
  repeated,
  squeezed,
  squeezed,
  overAll,
  resized,
  computedShapes,
  computedShapes,
  computedRepeats,
  computedFactor,
  computedResize,
];
