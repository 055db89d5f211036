/** Steps of operators that smxc does not read: other arithmetic, other layouts, sizes that are computed, control flow, functions. */
import * as build from "../../../src/onnx/graph/build.js";
import type { GraphProto, NodeProto } from "../../../src/onnx/graph/records.js";
import { float, int, ints } from "../onnx-operators/draw.js";
import type { Step } from "./known-steps.js";
import type { Picture, Sketch } from "./sketch.js";

const INT64 = 7;
const DOUBLE = 11;
const FLOAT = 1;

const magnitude: Step = (s) => {
  const x = s.any();
  s.picture(s.node("Abs", [x.name]), x);
};

const root: Step = (s) => {
  const x = s.any();
  s.picture(s.node("Sqrt", [s.node("Add", [s.node("Abs", [x.name]), s.constant([], 0.2, 1)])]), x);
};

const exponential: Step = (s) => {
  const x = s.any();
  s.picture(s.node("Exp", [s.node("Tanh", [x.name])]), x);
};

const channelsLast: Step = (s) => {
  const { draw, opset } = s;
  const x = s.any();
  const last = s.node("Transpose", [x.name], { perm: ints([0, 2, 3, 1]) });
  const inner = draw.pick<() => string>([
    () => s.node("Softmax", [last], { axis: int(3) }),
    () => s.node("MatMul", [last, s.constant([x.channels, x.channels], 0.3)]),
    () =>
      opset < 17
        ? s.node("Cos", [last])
        : s.node("LayerNormalization", [last, s.constant([x.channels], 0.5)], { axis: int(-1), epsilon: float(0.5) }),
  ])();
  s.picture(s.node("Transpose", [inner], { perm: ints([0, 3, 1, 2]) }), x);
};

const largest: Step = (s) => {
  const x = s.any();
  const keep = { keepdims: int(1) };
  const peak =
    s.opset < 18
      ? s.node("ReduceMax", [x.name], { ...keep, axes: ints([2, 3]) })
      : s.node("ReduceMax", [x.name, s.integers([2, 3])], keep);
  s.picture(s.node(s.draw.pick(["Add", "Mul"]), [x.name, peak]), x);
};

/** [N, C, H·W] and back, by sizes that are computed. */
const flattened: Step = (s) => {
  const x = s.any();
  const sizes = s.node("Shape", [x.name]);
  const two = s.node("Gather", [sizes, s.integers([0, 1])], { axis: int(0) });
  const target = s.node("Concat", [two, s.integers([-1])], { axis: int(0) });
  const flat = s.node("Reshape", [x.name, target]);
  const inner = s.node(s.draw.pick(["Relu", "Abs", "Sigmoid"]), [flat]);
  s.picture(s.node("Reshape", [inner, sizes]), x);
};

/** A value of which only the size depends on another one. */
const sizedAs: Step = (s) => {
  if (s.opset < 8) return;
  const x = s.any();
  const other = s.like(x);
  const sizes = s.node("Shape", [x.name]);
  const name = s.draw.pick<() => string>([
    () => s.node("Reshape", [other.name, sizes]),
    () => s.node("Reshape", [s.node("Abs", [other.name]), s.node("Identity", [sizes])]),
    () => s.node("Expand", [s.constant([1, x.channels, 1, 1], 0.4), sizes]),
    () => s.node("Expand", [other.name, sizes]),
  ])();
  s.picture(name, x);
};

function inner(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, build.AttributeValue>> = {},
): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]) => build.attribute(name, value));
  return build.node(op, inputs, [output], { attribute });
}

/** A scalar that tells whether pictures are high: no rounding can change it. */
function isHigh(s: Sketch, x: Picture): string {
  const height = s.node("Gather", [s.node("Shape", [x.name]), s.integers([2])], { axis: int(0) });
  const scalar = s.opset < 13 ? s.node("Squeeze", [height], { axes: ints([0]) }) : s.node("Squeeze", [height]);
  const limit = s.integers(7);
  if (s.opset >= 9) return s.node("Greater", [scalar, limit]);
  const asFloat = (value: string): string => s.node("Cast", [value], { to: int(FLOAT) });
  return s.node("Greater", [asFloat(scalar), asFloat(limit)]);
}

/** Branches that read what lies outside, kernels too. */
const branch: Step = (s) => {
  const x = s.any();
  const other = s.like(x);
  const kernel = s.constant([x.channels, x.channels, 3, 3], 0.2);
  const bodies = [
    (out: string) => [inner("Identity", [x.name], out)],
    (out: string) => [inner("Add", [x.name, other.name], out)],
    (out: string) => [inner("Conv", [x.name, kernel], out, { pads: ints([1, 1, 1, 1]) })],
    (out: string, middle: string) => [inner("Abs", [other.name], middle), inner("Relu", [middle], out)],
  ];
  const body = (): GraphProto => {
    const out = s.names.fresh();
    const node = s.draw.pick(bodies)(out, s.names.fresh());
    return build.graph({
      name: s.names.fresh(),
      node,
      output: [build.valueInfo(out, "FLOAT", [null, x.channels, null, null])],
    });
  };
  s.picture(s.node("If", [isHigh(s, x)], { then_branch: { g: body() }, else_branch: { g: body() } }), x);
};

const loop: Step = (s) => {
  const x = s.any();
  const other = s.like(x);
  const [turn, going, state, sum, half, still] = Array.from({ length: 6 }, () => s.names.fresh()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const factor = s.constant([], 0.5);
  const shape = [null, x.channels, null, null] as const;
  const body = build.graph({
    name: "body",
    input: [
      build.valueInfo(turn, "INT64", []),
      build.valueInfo(going, "BOOL", []),
      build.valueInfo(state, "FLOAT", shape),
    ],
    node: [
      inner("Add", [state, other.name], sum),
      inner("Mul", [sum, factor], half),
      inner("Identity", [going], still),
    ],
    output: [build.valueInfo(still, "BOOL", []), build.valueInfo(half, "FLOAT", shape)],
  });
  const turns = s.integers(2);
  s.picture(s.node("Loop", [turns, "", x.name], { body: { g: body } }), x);
};

const scan: Step = (s) => {
  if (s.opset < 9) return;
  const x = s.any();
  const [each, mapped, out] = [s.names.fresh(), s.names.fresh(), s.names.fresh()];
  const factor = s.constant([], 0.5);
  const shape = [x.channels, null, null] as const;
  const body = build.graph({
    name: "",
    input: [build.valueInfo(each, "FLOAT", shape)],
    node: [inner("Abs", [each], mapped), inner("Mul", [mapped, factor], out)],
    output: [build.valueInfo(out, "FLOAT", shape)],
  });
  s.picture(s.node("Scan", [x.name], { body: { g: { ...body, name: "scan" } }, num_scan_inputs: int(1) }), x);
};

const called: Step = (s) => {
  if (s.irVersion < 8) return;
  const x = s.any();
  const fn = build.record("FunctionProto", {
    name: "Distance",
    domain: "functions",
    input: ["a", "b"],
    output: ["y"],
    node: [inner("Sub", ["a", "b"], "d"), inner("Abs", ["d"], "y")],
    opset_import: [build.opset(s.opset)],
  });
  s.functions.set(fn.name!, fn);
  s.picture(s.node(fn.name!, [x.name, s.like(x).name], {}, "functions"), x);
};

const contributed: Step = (s) => {
  const x = s.any();
  s.picture(s.node("QuickGelu", [x.name], { alpha: float(1.5) }, "com.microsoft"), x);
};

const double: Step = (s) => {
  const x = s.any();
  const wide = s.node("Cast", [x.name], { to: int(DOUBLE) });
  s.picture(s.node("Cast", [s.node("Add", [wide, wide])], { to: int(FLOAT) }), x);
};

const sequence: Step = (s) => {
  if (s.opset < 11) return;
  const x = s.any();
  const list = s.node("SequenceConstruct", [x.name, s.like(x).name]);
  const at = s.integers(s.draw.int(0, 1));
  s.picture(s.node("SequenceAt", [list, at]), x);
};

/** Values that nobody reads. */
const unused: Step = (s) => {
  const x = s.any();
  const ops = [
    () => s.node("Shape", [x.name]),
    () => s.node("Relu", [x.name]),
    () => s.node("Abs", [s.constant([3], 1)]),
    () => s.node("Conv", [x.name, s.constant([12, x.channels, 3, 3], 0.2)], { pads: ints([1, 1, 1, 1]) }),
    () => s.node("Cast", [s.node("Shape", [x.name])], { to: int(INT64) }),
  ];
  s.draw.pick(ops)();
};

export const UNKNOWN_STEPS: readonly Step[] = [
  magnitude,
  magnitude,
  root,
  exponential,
  channelsLast,
  largest,
  flattened,
  sizedAs,
  sizedAs,
  branch,
  loop,
  scan,
  called,
  contributed,
  double,
  sequence,
  unused,
];
