/** Steps of operators that smxc reads, in the spelling of the opset. */
import { float, floats, int, ints, text } from "../onnx-operators/draw.js";
import type { Picture, Sketch } from "./sketch.js";

export type Step = (s: Sketch) => void;

const WIDTHS = [12, 12, 12, 12, 13, 16, 4];

function convolve(s: Sketch, x: Picture, out: number, side: number): Picture {
  const { draw } = s;
  const kernel = s.constant([out, x.channels, side, side], Math.sqrt(2 / (x.channels * side ** 2)));
  const inputs = [x.name, kernel, ...(draw.yes() ? [s.constant([out], 0.2)] : [])];
  const pad = (side - 1) / 2;
  const padding = draw.pick([{ pads: ints([pad, pad, pad, pad]) }, { auto_pad: text("SAME_UPPER") }]);
  const said = draw.yes() ? { kernel_shape: ints([side, side]), strides: ints([1, 1]), group: int(1) } : {};
  return s.picture(s.node("Conv", inputs, { ...padding, ...said }), { channels: out, scale: x.scale });
}

export const convolution: Step = (s) => {
  convolve(s, s.any(), s.draw.pick(WIDTHS), 3);
};

const conv1: Step = (s) => {
  convolve(s, s.any(), s.draw.pick(WIDTHS), 1);
};

const residual: Step = (s) => {
  const x = s.any();
  const inner = s.picture(s.node("Relu", [convolve(s, x, 12, 3).name]), { channels: 12, scale: x.scale });
  const back = convolve(s, inner, x.channels, 3);
  s.picture(
    s.node(
      "Add",
      s.draw.pick([
        [x.name, back.name],
        [back.name, x.name],
      ]),
    ),
    x,
  );
};

/** Convolutions of several inputs with one kernel. */
const siamese: Step = (s) => {
  const x = s.any();
  const kernel = s.constant([12, x.channels, 3, 3], 0.2);
  for (const each of [x, s.like(x)])
    s.picture(s.node("Conv", [each.name, kernel], { pads: ints([1, 1, 1, 1]) }), { channels: 12, scale: x.scale });
};

const activation: Step = (s) => {
  const x = s.any();
  const name = s.draw.pick<() => string>([
    () => s.node("Relu", [x.name]),
    () => s.node("LeakyRelu", [x.name], { alpha: float(0.2) }),
    () => s.node("PRelu", [x.name, s.constant([x.channels, 1, 1], 0.3)]),
    () => s.node("Sigmoid", [x.name]),
    () => s.node("Tanh", [x.name]),
    () => s.node("Elu", [x.name]),
    () => s.node("Mul", [x.name, s.node("Sigmoid", [x.name])]),
    () => s.node("Neg", [x.name]),
    () => clip(s, x),
    () => s.node("Identity", [x.name]),
    () => dropout(s, x),
  ])();
  s.picture(name, x);
};

function clip(s: Sketch, x: Picture): string {
  if (s.opset < 11) return s.node("Clip", [x.name], { min: float(-1), max: float(1) });
  const bound = (value: number): string => s.node("Constant", [], { value: { t: s.held([], [value]) } });
  return s.node("Clip", [x.name, bound(-1), s.draw.pick(["", bound(1)])]);
}

function dropout(s: Sketch, x: Picture): string {
  const ratio = s.opset < 12 ? { ratio: float(0.5) } : {};
  return s.nodeWith(s.draw.int(1, s.opset < 10 ? 1 : 2), "Dropout", [x.name], ratio)[0]!;
}

const arithmetic: Step = (s) => {
  const x = s.any();
  const operand = s.draw.pick<() => string>([
    () => s.like(x).name,
    () => s.like(x).name,
    () => s.constant([], 0.5),
    () => s.constant([1], 0.5),
    () => s.constant([x.channels, 1, 1], 0.5),
    () => s.constant([1, x.channels, 1, 1], 0.5),
    () => s.constant([1, 1, 1, 1], 0.5),
  ])();
  const pair = s.draw.yes() ? [x.name, operand] : [operand, x.name];
  s.picture(s.node(s.draw.pick(["Add", "Sub", "Mul"]), pair), x);
};

const divide: Step = (s) => {
  const x = s.any();
  s.picture(s.node("Div", [x.name, s.constant(s.draw.pick([[], [x.channels, 1, 1]]), 0.5, 2)]), x);
};

const concat: Step = (s) => {
  const x = s.any();
  const others = s.pictures.filter(({ scale, channels }) => scale === x.scale && channels + x.channels <= 40);
  const other = others.length > 0 ? s.draw.pick(others) : undefined;
  if (other === undefined) return;
  const name = s.node("Concat", [x.name, other.name], { axis: int(1) });
  s.picture(name, { channels: x.channels + other.channels, scale: x.scale });
};

const split: Step = (s) => {
  const x = s.any();
  if (x.channels < 2) return;
  const left = s.draw.int(1, x.channels - 1);
  const parts = [left, x.channels - left];
  const outputs =
    s.opset < 13
      ? s.nodeWith(2, "Split", [x.name], { axis: int(1), split: ints(parts) })
      : s.nodeWith(2, "Split", [x.name, s.integers(parts)], { axis: int(1) });
  for (const [index, name] of outputs.entries()) s.picture(name, { channels: parts[index]!, scale: x.scale });
};

const slice: Step = (s) => {
  const x = s.any();
  const start = s.draw.int(0, x.channels - 1);
  const name =
    s.opset < 10
      ? s.node("Slice", [x.name], { starts: ints([start]), ends: ints([x.channels]), axes: ints([1]) })
      : s.node("Slice", [x.name, s.integers([start]), s.integers([2 ** 31 - 1]), s.integers([1])]);
  s.picture(name, { channels: x.channels - start, scale: x.scale });
};

const shuffle: Step = (s) => {
  const x = s.any();
  if (x.channels % 4 !== 0 || x.scale > 1) return;
  const name = s.node("DepthToSpace", [x.name], { blocksize: int(2) });
  s.picture(name, { channels: x.channels / 4, scale: 2 * x.scale });
};

const unshuffle: Step = (s) => {
  const x = s.any();
  if (x.scale < 2) return;
  s.picture(s.node("SpaceToDepth", [x.name], { blocksize: int(2) }), { channels: 4 * x.channels, scale: x.scale / 2 });
};

const enlarge: Step = (s) => {
  const x = s.any();
  if (x.scale > 1) return;
  s.picture(enlarged(s, x), { channels: x.channels, scale: 2 * x.scale });
};

function enlarged(s: Sketch, x: Picture): string {
  const mode = { mode: text("nearest") };
  const scales = [1, 1, 2, 2];
  if (s.opset < 9) return s.node("Upsample", [x.name], { ...mode, scales: floats(scales) });
  const given = s.node("Constant", [], { value: { t: s.held([4], scales) } });
  if (s.opset < 11) return s.node(s.opset < 10 ? "Upsample" : "Resize", [x.name, given], mode);
  const how = { coordinate_transformation_mode: text("asymmetric"), nearest_mode: text("floor") };
  return s.node("Resize", [x.name, s.opset < 13 ? s.constant([0], 0) : "", given], { ...mode, ...how });
}

const gate: Step = (s) => {
  const x = s.any();
  const pooled = s.node("GlobalAveragePool", [x.name]);
  const weights = s.node("Conv", [pooled, s.constant([x.channels, x.channels, 1, 1], 0.3)]);
  s.picture(s.node("Mul", [x.name, s.node("Sigmoid", [weights])]), x);
};

const normalise: Step = (s) => {
  const x = s.any();
  const c = [x.channels];
  const vectors = [s.constant(c, 0.5), s.constant(c, 0.5), s.constant(c, 0.5), s.constant(c, 0.5, 1.5)];
  s.picture(s.node("BatchNormalization", [x.name, ...vectors]), x);
};

const padAndCut: Step = (s) => {
  const x = s.any();
  const pads = [0, 0, 1, 1, 0, 0, 1, 1];
  const padded =
    s.opset < 11
      ? s.node("Pad", [x.name], { pads: ints(pads), mode: text("reflect") })
      : s.node("Pad", [x.name, s.integers(pads)], { mode: text(s.draw.pick(["reflect", "edge", "constant"])) });
  s.picture(s.node("Conv", [padded, s.constant([12, x.channels, 3, 3], 0.2)]), { channels: 12, scale: x.scale });
};

const pool: Step = (s) => {
  const x = s.any();
  const op = s.draw.pick(["MaxPool", "AveragePool"]);
  s.picture(s.node(op, [x.name], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) }), x);
};

/** Each as often as it stands here. */
export const KNOWN_STEPS: readonly Step[] = [
  convolution,
  convolution,
  convolution,
  convolution,
  residual,
  residual,
  siamese,
  conv1,
  activation,
  activation,
  activation,
  arithmetic,
  arithmetic,
  divide,
  concat,
  split,
  slice,
  shuffle,
  unshuffle,
  enlarge,
  gate,
  normalise,
  padAndCut,
  pool,
];
