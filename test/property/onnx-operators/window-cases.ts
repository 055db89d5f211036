import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { constant, type Draw, float, int, integers, ints, text } from "./draw.js";
import { type NodeCase, opened } from "./node-case.js";

type Make = (draw: Draw) => NodeCase;
type Attributes = Readonly<Record<string, AttributeValue>>;
type Pair = readonly [number, number];

const pair = (draw: Draw, options: readonly number[]): Pair => [draw.pick(options), draw.pick(options)];

const conv: Make = (draw) => {
  const groups = draw.pick([1, 1, 2]);
  const channels = groups * draw.int(1, 3);
  const out = groups * draw.int(1, 3);
  const kernel = pair(draw, [1, 2, 3, 3]);
  const auto = draw.pick(["NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]);
  const strides = pair(draw, [1, 1, 2, 3]);
  // ONNX Runtime does not dilate where it pads by itself.
  const dilations = auto.startsWith("SAME") ? ([1, 1] as const) : pair(draw, [1, 1, 2]);
  const pads = [draw.int(0, 2), draw.int(0, 2), draw.int(0, 2), draw.int(0, 2)];
  const size = draw.pictureSize(channels, 5);
  const isOpen = draw.yes() && (!auto.startsWith("SAME") || strides.every((stride) => stride === 1));
  const attributes: Attributes = {
    ...(draw.yes() ? { kernel_shape: ints(kernel) } : {}),
    ...(strides.some((stride) => stride > 1) || draw.yes() ? { strides: ints(strides) } : {}),
    ...(dilations.some((each) => each > 1) || draw.yes() ? { dilations: ints(dilations) } : {}),
    ...(groups > 1 || draw.yes() ? { group: int(groups) } : {}),
    ...(auto === "NOTSET" ? { pads: ints(pads) } : { auto_pad: text(auto) }),
  };
  return {
    op: "Conv",
    opset: draw.opset(),
    attributes,
    inputs: [
      { kind: "value", size, ...(isOpen ? { shape: opened(size) } : {}) },
      constant([out, channels / groups, ...kernel]),
      ...(draw.yes() ? [constant([out])] : []),
    ],
    seed: draw.seed(),
  };
};

const convTranspose: Make = (draw) => {
  const groups = draw.pick([1, 1, 2]);
  const channels = groups * draw.int(1, 3);
  const perGroup = draw.int(1, 3);
  const kernel = pair(draw, [2, 3, 4]);
  const [strides, dilations] = [pair(draw, [1, 2, 3]), pair(draw, [1, 1, 2])];
  const more = [draw.int(0, strides[0] - 1), draw.int(0, strides[1] - 1)];
  const attributes: Attributes = {
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(groups),
    ...(draw.yes() ? { kernel_shape: ints(kernel) } : {}),
    ...(draw.yes() ? { pads: ints([draw.int(0, 1), draw.int(0, 1), draw.int(0, 1), draw.int(0, 1)]) } : {}),
    ...(more.some((each) => each > 0) || draw.yes() ? { output_padding: ints(more) } : {}),
  };
  return {
    op: "ConvTranspose",
    opset: draw.opset(),
    attributes,
    inputs: [
      draw.picture(channels, 2),
      constant([channels, perGroup, ...kernel]),
      ...(draw.yes() ? [constant([groups * perGroup])] : []),
    ],
    seed: draw.seed(),
  };
};

/** Windows whose pads are at most half of them. */
function pool(op: string): Make {
  return (draw) => {
    const opset = draw.opset();
    const kernel = pair(draw, [1, 2, 3]);
    const counts = op === "AveragePool" && draw.yes();
    const side = (axis: 0 | 1): number => (op === "MaxPool" || counts ? draw.int(0, Math.floor(kernel[axis] / 2)) : 0);
    const size = draw.pictureSize(undefined, 4);
    const strides = pair(draw, [1, 2]);
    const pads = [side(0), side(1), side(0), side(1)];
    const even = strides.every(
      (stride, axis) => (size[2 + axis]! + pads[axis]! + pads[axis + 2]! - kernel[axis]!) % stride === 0,
    );
    const ceil = opset >= 10 && even && draw.yes();
    const attributes: Attributes = {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      pads: ints(pads),
      ...(counts ? { count_include_pad: int(1) } : {}),
      ...(ceil ? { ceil_mode: int(1) } : {}),
    };
    const x = ceil ? ({ kind: "value", size } as const) : draw.value(size);
    return { op, opset, attributes, inputs: [x], seed: draw.seed() };
  };
}

const reduceMean: Make = (draw) => {
  const opset = draw.opset();
  const axes = draw.pick([
    [2, 3],
    [-1, -2],
    [3, 2],
  ]);
  const keepdims = draw.yes() ? { keepdims: int(draw.int(0, 1)) } : {};
  const x = draw.picture();
  const common = { op: "ReduceMean", opset, seed: draw.seed() };
  return opset < 18
    ? { ...common, inputs: [x], attributes: { ...keepdims, axes: ints(axes) } }
    : { ...common, inputs: [x, integers(axes)], attributes: keepdims };
};

const instanceNormalization: Make = (draw) => {
  const channels = draw.int(1, 4);
  return {
    op: "InstanceNormalization",
    opset: draw.opset(),
    inputs: [draw.picture(channels, 3), constant([channels]), constant([channels])],
    attributes: { epsilon: float(draw.pick([1e-2, 0.1])) },
    seed: draw.seed(),
  };
};

const batchNormalization: Make = (draw) => {
  const size = draw.anySize();
  const [channels] = [size[1]!];
  const variance = Array.from({ length: channels }, () => draw.int(1, 8) / 4);
  return {
    op: "BatchNormalization",
    opset: draw.opset(),
    inputs: [draw.value(size), ...[0, 1, 2].map(() => constant([channels])), constant([channels], variance)],
    attributes: draw.yes() ? { epsilon: float(1e-3) } : {},
    seed: draw.seed(),
  };
};

export const WINDOW_CASES: Readonly<Record<string, Make>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool("MaxPool"),
  AveragePool: pool("AveragePool"),
  GlobalAveragePool: (draw) => ({
    op: "GlobalAveragePool",
    opset: draw.opset(),
    inputs: [draw.picture()],
    seed: draw.seed(),
  }),
  ReduceMean: reduceMean,
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
};
