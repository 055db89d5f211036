/** Small models for unit tests, from layers and values that stand in the test. */

import { randomNumbers } from "../../../src/base/random.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import { parseDocument } from "../../../src/frontends/document/parse.js";
import { type DenseTensor, dense, sizeOf } from "../../../src/ir/ops/dense-tensor.js";
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";

export type TensorValues = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
>;

export interface ModelParts {
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly tensors?: TensorValues;
  /** The last layer without it. */
  readonly outputs?: readonly string[];
}

export interface Model {
  readonly spec: ModelSpec;
  readonly weights: TensorStore;
}

export function model({ layers, inputs, tensors = {}, outputs }: ModelParts): Model {
  const document = {
    version: 1,
    name: "test",
    weights: { file: "weights.safetensors" },
    inputs: Object.entries(inputs).map(([name, shape]) => ({ name, shape })),
    layers,
    outputs: outputs ?? [layers.at(-1)!.name],
  };
  return { spec: parseDocument(JSON.stringify(document), "model.json").spec, weights: store(tensors) };
}

export function store(tensors: TensorValues): TensorStore {
  const stored = Object.entries(tensors).map(([name, { shape, data }]): [string, StoredTensor] => [
    name,
    { name, dtype: "float64", shape, read: async () => Float64Array.from(data) },
  ]);
  return { tensors: new Map(stored), others: new Map(), metadata: new Map() };
}

export function tensor({ shape, data }: TensorValues[string]): DenseTensor {
  return dense(shape, data);
}

/** Repeatable values in [−1, 1) for tensors of some shapes, exact in float32. */
export function valuesOf(shapes: Readonly<Record<string, readonly number[]>>, seed = 1): TensorValues {
  const next = randomNumbers(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, data: Array.from({ length: sizeOf(shape) }, () => Math.fround(2 * next() - 1)) },
    ]),
  );
}
