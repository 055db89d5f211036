import { addDims, type Dim, scaleDim, symbol } from "../../../src/ir/dim.js";
import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { ABSENT, constant, type Draw, float, floats, int, integers, ints, text } from "./draw.js";
import { type Input, type NodeCase, opened } from "./node-case.js";

type Make = (draw: Draw) => NodeCase;
type Attributes = Readonly<Record<string, AttributeValue>>;

const concat: Make = (draw) => {
  const size = draw.anySize();
  const isOpen = draw.yes();
  const count = draw.int(1, 3);
  const part = (): Input => {
    const other = size.with(1, draw.int(1, 3));
    return { kind: "value", size: other, ...(isOpen ? { shape: opened(other) } : {}) };
  };
  const inputs = Array.from({ length: count }, part);
  const single = size.with(0, 1);
  const withConstant = draw.yes() ? [{ kind: "value" as const, size: single }, constant(single)] : inputs;
  const opset = draw.opset();
  const axis = opset >= 11 && draw.yes() ? 1 - size.length : 1;
  return { op: "Concat", opset, inputs: withConstant, attributes: { axis: int(axis) }, seed: draw.seed() };
};

const split: Make = (draw) => {
  const opset = draw.opset();
  const count = draw.int(1, 3);
  const equal = draw.yes();
  const parts = Array.from({ length: count }, () => draw.int(1, 3));
  const uneven = opset >= 18 && draw.yes();
  const each = draw.int(1, 2);
  const channels = equal ? count * each - (uneven && count > 1 && each > 1 ? 1 : 0) : parts.reduce((a, b) => a + b, 0);
  const size = draw.anySize().with(1, channels);
  const asInput = opset >= 13 && !equal;
  const attributes: Attributes = {
    axis: int(opset >= 11 && draw.yes() ? 1 - size.length : 1),
    ...(equal || asInput ? {} : { split: ints(parts) }),
    ...(opset >= 18 && equal ? { num_outputs: int(count) } : {}),
  };
  const outputs = Array.from({ length: count }, (_, index) => `y${index}`);
  const inputs = [draw.value(size), ...(asInput ? [integers(parts)] : [])];
  return { op: "Split", opset, inputs, attributes, outputs, seed: draw.seed() };
};

/** A part of an axis: numbers, or what follows from a size. */
function part(draw: Draw, size: number, isOpen: boolean): readonly [start: number, end: number] {
  const before = draw.int(0, size - 1);
  const after = draw.int(0, size - 1 - before);
  const far = 2 ** 31 - 1;
  if (isOpen) return [before, after === 0 ? far : -after];
  return [
    draw.pick([before, before - size]),
    after === 0 ? draw.pick([size, size + 3, far]) : draw.pick([size - after, -after]),
  ];
}

const slice: Make = (draw) => {
  const opset = draw.opset();
  const size = draw.pictureSize();
  const isOpen = draw.yes();
  const axes = draw.pick([[1], [2], [3], [2, 3], [1, 2, 3], [3, 1]]);
  const parts = axes.map((axis) => part(draw, size[axis]!, isOpen && axis > 1));
  const [starts, ends] = [parts.map(([start]) => start), parts.map(([, end]) => end)];
  const x: Input = { kind: "value", size, ...(isOpen ? { shape: opened(size) } : {}) };
  const named = opset >= 10 && draw.yes() ? axes.map((axis) => axis - 4) : axes;
  const common = { op: "Slice", opset, seed: draw.seed() };
  if (opset < 10)
    return { ...common, inputs: [x], attributes: { starts: ints(starts), ends: ints(ends), axes: ints(axes) } };
  const steps = draw.yes() ? [integers(axes.map(() => 1))] : [];
  return { ...common, inputs: [x, integers(starts), integers(ends), integers(named), ...steps] };
};

/** The end is computed of the height: H − 1. */
const sliceToSize: Make = (draw) => {
  const size = draw.pictureSize(undefined, 2);
  const ends: Input = { kind: "integers", data: [size[2] - 1], sizes: [addDims(symbol("H"), -1)] };
  return {
    op: "Slice",
    opset: draw.opset(10),
    inputs: [{ kind: "value", size, shape: opened(size) }, integers([0]), ends, integers([2])],
    seed: draw.seed(),
  };
};

const pad: Make = (draw) => {
  const opset = draw.opset();
  const mode = draw.pick(["constant", "reflect", "edge"]);
  const size = draw.pictureSize(undefined, 4);
  const cuts = draw.yes();
  const side = (): number => {
    if (mode === "constant") return draw.int(-1, 2);
    return cuts ? draw.int(-1, 0) : draw.int(0, 3);
  };
  const [top, left, bottom, right] = [side(), side(), side(), side()];
  const all = [0, 0, top, left, 0, 0, bottom, right];
  const word = mode !== "constant" || draw.yes() ? { mode: text(mode) } : {};
  const x = draw.value(size);
  const common = { op: "Pad", opset, seed: draw.seed() };
  if (opset < 11) return { ...common, inputs: [x], attributes: { ...word, pads: ints(all) } };
  const value = draw.yes() ? constant([], [0]) : ABSENT;
  if (opset < 18 || draw.yes()) return { ...common, inputs: [x, integers(all), value], attributes: word };
  const inputs = [x, integers([left, top, right, bottom]), value, integers([-1, 2])];
  return { ...common, inputs, attributes: word };
};

const depthToSpace: Make = (draw) => {
  const opset = draw.opset();
  const block = draw.int(1, 3);
  return {
    op: "DepthToSpace",
    opset,
    inputs: [draw.picture(block ** 2 * draw.int(1, 3))],
    attributes: {
      blocksize: int(block),
      ...(opset >= 11 && draw.yes() ? { mode: text(draw.pick(["DCR", "CRD"])) } : {}),
    },
    seed: draw.seed(),
  };
};

const spaceToDepth: Make = (draw) => {
  const block = draw.int(1, 3);
  const size = draw.pictureSize(undefined, 1).map((dim, axis) => (axis > 1 ? dim * block : dim));
  return {
    op: "SpaceToDepth",
    opset: draw.opset(),
    inputs: [draw.value(size)],
    attributes: { blocksize: int(block) },
    seed: draw.seed(),
  };
};

/** Scales or sizes of a Resize from opset 11 on. */
function resizeInputs(
  draw: Draw,
  opset: number,
  size: readonly number[],
  scale: number,
): [readonly Input[], Attributes] {
  const some = opset >= 18 && draw.yes();
  const axes = some ? [3, 2] : [0, 1, 2, 3];
  const attributes = some ? { axes: ints(axes) } : {};
  const isWhole = size.every((dim, axis) => axis < 2 || Number.isInteger(dim * scale));
  const roi = opset < 13 ? constant([0], []) : ABSENT;
  if (!isWhole || draw.yes()) {
    const scales = axes.map((axis) => (axis > 1 ? scale : 1));
    return [[draw.value(size), roi, constant([axes.length], scales)], attributes];
  }
  const sizes = axes.map((axis) => (axis > 1 ? size[axis]! * scale : size[axis]!));
  const noScales = opset < 13 ? constant([0], []) : ABSENT;
  if (scale < 1 || draw.yes()) return [[{ kind: "value", size }, roi, noScales, integers(sizes)], attributes];
  const shape = opened(size);
  const open: readonly Dim[] = axes.map((axis) => (axis > 1 ? scaleDim(shape[axis]!, scale) : shape[axis]!));
  return [[{ kind: "value", size, shape }, roi, noScales, { kind: "integers", data: sizes, sizes: open }], attributes];
}

const NEAREST_CONVENTIONS: readonly (readonly [string, string, readonly number[]])[] = [
  ["asymmetric", "floor", [1, 2, 3, 4, 0.5, 0.25]],
  ["asymmetric", "round_prefer_floor", [1, 2, 0.5]],
  ["half_pixel", "round_prefer_floor", [2, 3, 4, 0.5]],
  ["half_pixel", "round_prefer_ceil", [2, 3, 4]],
  ["pytorch_half_pixel", "round_prefer_ceil", [2, 3]],
];

const resize: Make = (draw) => {
  const opset = draw.opset(11);
  const mode = draw.pick(["nearest", "linear", "cubic"]);
  const size = draw.pictureSize(undefined, 4);
  const [coordinates, nearest, scales] =
    mode === "nearest" ? draw.pick(NEAREST_CONVENTIONS) : (["half_pixel", "floor", [2, 3, 4, 1, 0.5]] as const);
  const scale = draw.pick(scales);
  const smooth = mode !== "nearest" && scale > 1 && draw.yes() ? "pytorch_half_pixel" : coordinates;
  const [inputs, more] = resizeInputs(draw, opset, size, scale);
  const attributes: Attributes = {
    mode: text(mode),
    coordinate_transformation_mode: text(smooth),
    nearest_mode: text(nearest),
    ...(mode === "cubic" && draw.yes() ? { cubic_coeff_a: float(-0.75) } : {}),
    ...more,
  };
  return { op: "Resize", opset, inputs, attributes, seed: draw.seed() };
};

const resize10: Make = (draw) => {
  const scale = draw.pick([1, 2, 3, 0.5]);
  return {
    op: "Resize",
    opset: 10,
    inputs: [draw.picture(undefined, 4), constant([4], [1, 1, scale, scale])],
    attributes: draw.yes() ? { mode: text("nearest") } : {},
    seed: draw.seed(),
  };
};

const upsample: Make = (draw) => {
  const opset = draw.int(7, 9);
  const scale = draw.int(1, 4);
  const scales = [1, 1, scale, scale];
  const x = draw.picture();
  const mode = draw.yes() ? { mode: text("nearest") } : {};
  const common = { op: "Upsample", opset, seed: draw.seed() };
  return opset < 9
    ? { ...common, inputs: [x], attributes: { ...mode, scales: floats(scales) } }
    : { ...common, inputs: [x, constant([4], scales)], attributes: mode };
};

export const REARRANGING_CASES: Readonly<Record<string, Make>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  "Slice to a size": sliceToSize,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Resize: resize,
  "Resize 10": resize10,
  Upsample: upsample,
};
