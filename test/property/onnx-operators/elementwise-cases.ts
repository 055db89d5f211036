import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { ABSENT, constant, type Draw, float, int, text } from "./draw.js";
import type { Input, NodeCase } from "./node-case.js";

type Make = (draw: Draw) => NodeCase;

/** One input of any rank. */
function elementwise(
  op: string,
  since = 7,
  attributes: (draw: Draw) => Readonly<Record<string, AttributeValue>> = () => ({}),
): Make {
  return (draw) => ({
    op,
    opset: draw.opset(since),
    inputs: [draw.value(draw.anySize())],
    attributes: attributes(draw),
    seed: draw.seed(),
  });
}

const maybe = (draw: Draw, name: string, value: AttributeValue): Readonly<Record<string, AttributeValue>> =>
  draw.yes() ? { [name]: value } : {};

const clip: Make = (draw) => {
  const opset = draw.opset();
  const [min, max] = draw.pick([
    [-1, 1],
    [0, undefined],
    [undefined, 0.5],
    [undefined, undefined],
    // ONNX Runtime refuses bounds in this order where they are attributes.
    ...(opset < 11 ? [] : [[0.5, -0.5]]),
  ]);
  const inputs = [min, max].map((value) => (value === undefined ? ABSENT : constant([], [value])));
  const attributes = {
    ...(min === undefined ? {} : { min: float(min) }),
    ...(max === undefined ? {} : { max: float(max) }),
  };
  const x = draw.value(draw.anySize());
  const common = { op: "Clip", opset, seed: draw.seed() };
  return opset < 11 ? { ...common, inputs: [x], attributes } : { ...common, inputs: [x, ...inputs] };
};

const prelu: Make = (draw) => {
  const size = draw.anySize();
  const channels = size[1]!;
  const trailing = size.slice(2).map(() => 1);
  const slope = draw.pick([[], [1], [channels, ...trailing], [1, channels, ...trailing], trailing]);
  return { op: "PRelu", opset: draw.opset(), inputs: [draw.value(size), constant(slope)], seed: draw.seed() };
};

/** A constant that is broadcast to a size; one that has several rows or columns fits no open size. */
function besideSize(draw: Draw, size: readonly number[], isOpen: boolean): readonly number[] {
  const ones = size.map(() => 1);
  const perChannel = ones.with(1, size[1]!);
  const partial = size.map((dim, axis) => (axis > 0 && draw.yes() && (axis === 1 || !isOpen) ? dim : 1));
  return draw.pick([[], [1], ones, perChannel, perChannel.slice(1), partial, partial.slice(draw.int(1, size.length))]);
}

function binary(op: string): Make {
  return (draw) => {
    const size = draw.anySize();
    const x = draw.value(size);
    const beside = constant(besideSize(draw, size, "shape" in x));
    const gate = draw.value(
      size.map((dim, axis) => (axis > 1 ? 1 : dim)),
      false,
    );
    const two: readonly Input[] = draw.pick([
      [x, x],
      [{ kind: "value", size }, gate],
      [gate, { kind: "value", size }],
    ]);
    const withConstant = draw.yes() && op !== "Div" ? [beside, x] : [x, beside];
    const inputs = op === "Div" || draw.yes() ? withConstant : two;
    return { op, opset: draw.opset(), inputs, seed: draw.seed() };
  };
}

const dropout: Make = (draw) => ({
  op: "Dropout",
  opset: draw.opset(),
  inputs: [draw.value(draw.anySize())],
  seed: draw.seed(),
});

export const ELEMENTWISE_CASES: Readonly<Record<string, Make>> = {
  Relu: elementwise("Relu"),
  LeakyRelu: elementwise("LeakyRelu", 7, (draw) => maybe(draw, "alpha", float(0.2))),
  PRelu: prelu,
  Sigmoid: elementwise("Sigmoid"),
  Tanh: elementwise("Tanh"),
  Elu: elementwise("Elu", 7, (draw) => maybe(draw, "alpha", float(0.7))),
  HardSigmoid: elementwise("HardSigmoid", 7, (draw) => ({
    ...maybe(draw, "alpha", float(0.4)),
    ...maybe(draw, "beta", float(0.3)),
  })),
  HardSwish: elementwise("HardSwish", 14),
  Softplus: elementwise("Softplus"),
  Mish: elementwise("Mish", 18),
  Erf: elementwise("Erf", 9),
  Gelu: elementwise("Gelu", 20, (draw) => maybe(draw, "approximate", text(draw.pick(["none", "tanh"])))),
  Clip: clip,
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Div: binary("Div"),
  Neg: elementwise("Neg"),
  Identity: elementwise("Identity"),
  Dropout: dropout,
  Cast: elementwise("Cast", 7, () => ({ to: int(1) })),
};
