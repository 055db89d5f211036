/** Random layers with computed kernels, as exporters spell them. */
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import type { Draw } from "../onnx-operators/draw.js";
import { Sketch } from "./sketch.js";

/** Sizes of a layer. */
interface Layer {
  readonly channels: number;
  readonly out: number;
  readonly groups: number;
  readonly perGroup: number;
  readonly side: readonly [number, number];
  readonly experts: number;
}

export interface RandomKernel {
  readonly model: ModelProto;
  readonly x: readonly number[];
  readonly experts: number;
}

export function randomKernel(draw: Draw): RandomKernel {
  const sketch = new Sketch(draw, draw.pick([13, 17, 20]));
  const layer = randomLayer(draw);
  const x = [1, layer.channels, draw.int(5, 8), draw.int(5, 8)];
  const mix = draw.pick(MIXTURES);
  const mixed = mix(sketch, layer);
  const kernel = draw.int(0, 3) === 0 ? demodulated(sketch, layer, mixed.kernel) : mixed.kernel;
  const bias = draw.pick([() => [], () => [sketch.weights([layer.out])], mixed.bias])();
  const stride = draw.int(1, 2);
  const y = sketch.op("Conv", ["x", kernel, ...bias], {
    group: { i: layer.groups },
    strides: { ints: [stride, stride] },
    pads: { ints: layer.side.concat(layer.side).map((size) => Math.floor(size / 2)) },
  });
  return { model: sketch.model(x, y), x, experts: mixed.experts };
}

function randomLayer(draw: Draw): Layer {
  const groups = draw.int(1, 3);
  const perGroup = draw.int(1, 3);
  const side = draw.pick([
    [1, 1],
    [3, 3],
    [3, 1],
  ] as const);
  const out = groups * draw.int(1, 3);
  return { channels: groups * perGroup, out, groups, perGroup, side, experts: draw.int(2, 4) };
}

interface Mixed {
  /** [out, perGroup, height, width]. */
  readonly kernel: string;
  readonly experts: number;
  /** A bias [out] that is computed too, if the mixture has one. */
  readonly bias: () => readonly string[];
}

const kernelShape = ({ out, perGroup, side }: Layer): readonly number[] => [out, perGroup, ...side];

/** What a small network makes of the pooled picture: `count` values, as [1, count] or [1, count, 1, 1]. */
function router(s: Sketch, { channels }: Layer, count: number, last: "Softmax" | "Sigmoid" | "Tanh" | null): string {
  const { draw } = s;
  let value: string;
  if (draw.yes()) {
    const pooled = draw.yes() ? s.mean("x", [2, 3], true) : s.op("GlobalAveragePool", ["x"]);
    const logits = s.op("Conv", [pooled, s.weights([count, channels, 1, 1]), s.weights([count])]);
    value = s.op("Flatten", [logits]);
  } else {
    const pooled = s.mean("x", [2, 3], false);
    value = s.op("Gemm", [pooled, s.weights([count, channels]), s.weights([count])], { transB: { i: 1 } });
  }
  if (last === null) return value;
  return last === "Softmax" ? s.op("Softmax", [value], { axis: { i: 1 } }) : s.op(last, [value]);
}

function weightsOf(s: Sketch, layer: Layer, count = layer.experts): string {
  return router(s, layer, count, s.draw.pick(["Softmax", "Sigmoid"]));
}

/** CondConv and Dynamic Convolution: α · the bank as a matrix. */
function byMatrix(s: Sketch, layer: Layer): Mixed {
  const { experts, out } = layer;
  const alpha = s.detour(weightsOf(s, layer), [1, experts]);
  const shape = kernelShape(layer);
  const size = shape.reduce((product, dim) => product * dim, 1);
  const bank = s.draw.yes()
    ? s.weights([experts, size])
    : s.op("Flatten", [s.weights([experts, ...shape])], { axis: { i: 1 } });
  const flat = s.op("MatMul", [alpha, bank]);
  return {
    kernel: s.reshape(s.detour(flat, [1, size]), shape),
    experts,
    bias: () => [s.reshape(s.op("MatMul", [alpha, s.weights([experts, out])]), [-1])],
  };
}

/** ODConv: α and attention over channels and taps weigh the bank, which is summed. */
function bySum(s: Sketch, layer: Layer): Mixed {
  const { experts, out, perGroup, side } = layer;
  const factors: string[] = [s.reshape(weightsOf(s, layer), [1, experts, 1, 1, 1, 1])];
  const more: readonly (readonly [number, readonly number[]])[] = [
    [out, [1, 1, out, 1, 1, 1]],
    [perGroup, [1, 1, 1, perGroup, 1, 1]],
    [side[0] * side[1], [1, 1, 1, 1, ...side]],
  ];
  for (const [count, shape] of more)
    if (s.draw.yes()) factors.push(s.op("Sigmoid", [s.reshape(router(s, layer, count, null), shape)]));
  const all = [...factors, s.weights([1, experts, ...kernelShape(layer)])];
  const product = all.reduce((left, right) => s.op("Mul", s.draw.yes() ? [left, right] : [right, left]));
  const kernel = s.reshape(s.sum(product, [1], s.draw.yes()), kernelShape(layer));
  return { kernel: s.detour(kernel, kernelShape(layer)), experts, bias: () => [] };
}

/** NSR: α of every block of output channels. */
function byEquation(s: Sketch, layer: Layer): Mixed {
  const { experts, out, groups } = layer;
  const blocks = s.draw.pick([1, out / groups, out]);
  const alpha = s.reshape(weightsOf(s, layer, experts * blocks), [1, experts, blocks]);
  const [, ...inner] = kernelShape(layer);
  const bank = s.weights([experts, blocks, out / blocks, ...inner]);
  const mixed = s.op("Einsum", [alpha, bank], { equation: { s: "nkd,kdoihw->ndoihw" } });
  return {
    kernel: s.reshape(mixed, kernelShape(layer)),
    experts,
    bias: () => {
      const rows = s.op("Einsum", [alpha, s.weights([experts, blocks, out / blocks])], {
        equation: { s: "nkd,kdo->ndo" },
      });
      return [s.reshape(rows, [out])];
    },
  };
}

/** The kernel of the largest score. */
function byChoice(s: Sketch, layer: Layer): Mixed {
  const keepdims = s.draw.int(0, 1);
  const scores = router(s, layer, layer.experts, null);
  const place = s.op("ArgMax", [scores], { axis: { i: 1 }, keepdims: { i: keepdims } });
  const bank = s.weights([layer.experts, ...kernelShape(layer)]);
  const chosen = s.draw.yes()
    ? s.op("Gather", [bank, place])
    : s.op("GatherND", [bank, keepdims === 1 ? place : s.op("Unsqueeze", [place, s.ints([-1])])]);
  return { kernel: s.reshape(chosen, kernelShape(layer)), experts: layer.experts, bias: () => [] };
}

/** StyleGAN2: a style weighs the channels of the input. */
function byStyle(s: Sketch, layer: Layer): Mixed {
  const { perGroup } = layer;
  const style = s.reshape(router(s, layer, perGroup, s.draw.pick(["Tanh", null])), [1, 1, perGroup, 1, 1]);
  const kernel = s.op("Mul", [s.weights([1, ...kernelShape(layer)]), style]);
  return { kernel: s.reshape(kernel, kernelShape(layer)), experts: 1, bias: () => [] };
}

const MIXTURES = [byMatrix, bySum, byEquation, byChoice, byStyle];

function demodulated(s: Sketch, layer: Layer, kernel: string): string {
  const { draw } = s;
  const square = draw.yes() ? s.op("Mul", [kernel, kernel]) : s.op("Pow", [kernel, s.floats([], [2])]);
  const keepdims = draw.yes();
  const sum = s.sum(square, [1, 2, 3], keepdims);
  const norm = s.op("Sqrt", [draw.yes() ? s.op("Add", [sum, s.floats([], [1e-4])]) : sum]);
  const column = (value: string): string => (keepdims ? value : s.reshape(value, [layer.out, 1, 1, 1]));
  const ways: readonly (() => string)[] = [
    () => s.op("Div", [kernel, column(norm)]),
    () => s.op("Mul", [kernel, column(s.op("Reciprocal", [norm]))]),
    () => s.op("Mul", [column(s.op("Div", [s.floats([], [1]), norm])), kernel]),
  ];
  return draw.pick(ways)();
}
