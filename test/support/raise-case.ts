/** Graphs whose kernels are computed, in a few lines, and what becomes of them. */
import { expect } from "vitest";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import type { AttributeValue } from "../../src/onnx/graph/build.js";
import * as build from "../../src/onnx/graph/build.js";
import type { NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { line, modelOf, weights } from "./onnx-graphs.js";
import { accelerated, raiseAll, read } from "./raising.js";
import { encoded, relativeError, runGraph } from "./sessions.js";

export type Sizes = Readonly<Record<string, readonly number[]>>;

export interface Case {
  /** Beside the picture `x` [1,4,5,6]. */
  readonly values: Sizes;
  readonly constants: readonly TensorProto[];
  readonly nodes: readonly NodeProto[];
  readonly opset?: number;
}

export const X = [1, 4, 5, 6];

export const ints = (name: string, values: readonly number[]): TensorProto =>
  build.intTensor(name, [values.length], values);
export const number = (name: string, value: number): TensorProto =>
  build.floatTensor(name, "FLOAT", { shape: [], read: async () => Float32Array.of(value) });

type Attributes = Readonly<Record<string, AttributeValue>>;
export const n = (text: string, attributes: Attributes = {}): NodeProto => line(text, attributes);
export const CONV = n("y = Conv x k");

export function model({ values, constants, nodes, opset = 17 }: Case) {
  const infos = Object.entries({ x: X, ...values }).map(([name, dims]) => build.valueInfo(name, "FLOAT", dims));
  return read(
    modelOf(
      build.graph({
        name: "g",
        node: nodes,
        input: infos,
        output: [build.valueInfo("y", "FLOAT")],
        initializer: constants,
      }),
      opset,
    ),
  );
}

/** What became of the only convolution with a computed kernel. */
export async function raised(example: Case) {
  const found = [...(await raiseAll(await model(example))).values()];
  expect(found.length).toBe(1);
  const [only] = found;
  if ("reason" in only!) return only;
  const { experts, factors, demodulate, bias } = only!;
  const size = (steps: readonly { readonly size: number }[]) => steps.reduce((product, each) => product * each.size, 1);
  return {
    experts,
    factors: factors.map(
      ({ name, over, on, experts: own, blocks }) => `${name} ${over} ${on} ${size(own)}x${size(blocks)}`,
    ),
    demodulate,
    bias: bias?.kind ?? "none",
  };
}

/** Expects the compiled graph to have the kernel as a mixture, and the numbers of the source. */
export async function expectCompiled(example: Case): Promise<void> {
  const source = await model(example);
  const done = await accelerated(source);
  expect(done.report.kernels.map(({ became }) => became)).toEqual(["mix_conv"]);
  const feeds = new Map(
    Object.entries({ x: X, ...example.values }).map(([name, dims], index) => {
      const count = dims.reduce((product, dim) => product * dim, 1);
      return [
        name,
        dense(
          dims,
          Array.from({ length: count }, (_, i) => Math.fround(Math.cos(index + i))),
        ),
      ] as const;
    }),
  );
  const [[wanted], [found]] = [
    await runGraph(await encoded(source), [feeds], "disabled"),
    await runGraph(await encoded(done.model), [feeds]),
  ];
  expect(relativeError(found!.get("y")!, wanted!.get("y")!)).toBeLessThan(TOLERANCES.relative);
}

export const A: Sizes = { a: [1, 3] };
export const BANK = weights("w", [3, 6, 4, 3, 3]);
export const ROWS = weights("w", [3, 216]);
export const KERNEL_SHAPE = ints("shape", [6, 4, 3, 3]);
export const MIXED = { experts: 3, factors: ["a out kernel 3x1"], demodulate: null, bias: "none" };
export const TO_KERNEL = n("k = Reshape m shape");

/** A mixture of three kernels by `a`. */
export const MATMUL_RESHAPE: Case = {
  values: A,
  constants: [ROWS, KERNEL_SHAPE],
  nodes: [n("m = MatMul a w"), TO_KERNEL, CONV],
};

export const STYLE: Sizes = { a: [1, 4] };
export const STYLE_CONSTANTS = [weights("w", [6, 4, 3, 3]), ints("style", [1, 4, 1, 1]), ints("axes", [1, 2, 3])];
export const STYLE_KERNEL = [n("s = Reshape a style"), n("p = Mul w s")];
export const SQUARES = [n("q = Mul p p"), n("r = ReduceSum q axes")];
export const EPSILON = number("epsilon", 1e-3);
export const MIXED_KERNEL = [n("m = MatMul a w"), TO_KERNEL];
export const MIXED_CONSTANTS = [ROWS, KERNEL_SHAPE, ints("six", [6])];
