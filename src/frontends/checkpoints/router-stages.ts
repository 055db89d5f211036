import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Config } from "./config.js";
import type { TensorReader } from "./tensor-reader.js";

type Route = Extract<ModelDocument["layers"][number], { readonly op: "route" }>;
type Stage = Route["mlp"][number];

/** What checkpoints do not show of routers of several layers. */
export const ROUTER_KEYS = {
  router_activation: "between linear layers of a router: relu (default), sigmoid, silu, tanh or gelu",
  bn_eps: "ε of a BatchNorm (default 1e-5)",
} as const;

const ACTIVATIONS = ["relu", "sigmoid", "silu", "tanh", "gelu"] as const;

/** A router's perceptron as the document writes it, and its tensors. */
export interface Perceptron {
  readonly mlp: readonly Stage[];
  readonly weights: Readonly<Record<string, string>>;
  readonly tensors: readonly NamedTensor[];
}

/** Sizes of a router's perceptron. */
export interface PerceptronSizes {
  /** Columns of its first linear layer. */
  readonly columns: number;
  /** Rows of its last linear layer, experts · cardinals. */
  readonly rows: number;
}

/** The sizes of the perceptron `<prefix>.<n>`, as its linear layers show them; undefined without any. */
export function perceptronSizes(tensors: TensorReader, prefix: string): PerceptronSizes | undefined {
  const shapes = indicesOf(tensors, prefix)
    .filter((index) => isLinear(tensors, `${prefix}.${index}`))
    .map((index) => tensors.shapeOf(`${prefix}.${index}.weight`)!);
  const [first, last] = [shapes[0], shapes.at(-1)];
  return first && last ? { columns: first[1] ?? 1, rows: last[0] ?? 1 } : undefined;
}

/**
 * Takes the perceptron of an `nn.Sequential`, `<prefix>.<n>.weight` and so on: linear layers, BatchNorm and PReLU by their
 * tensors; where an index between them has none, an activation. The public networks have the one layer `<prefix>.0`.
 */
export function takePerceptron(
  tensors: TensorReader,
  prefix: string,
  { columns, rows }: PerceptronSizes,
  config: Config,
): Perceptron {
  const activation = (config.text("router_activation", ACTIVATIONS) ?? "relu") as (typeof ACTIVATIONS)[number];
  const indices = indicesOf(tensors, prefix);
  const stages = indices.length > 0 ? indices : [0];
  const last = stages.findLast((index) => isLinear(tensors, `${prefix}.${index}`)) ?? stages.at(-1)!;
  const mlp: Stage[] = [];
  const weights: Record<string, string> = {};
  const kept: NamedTensor[] = [];
  let width = columns;
  const take = (name: string, ...shapes: Parameters<TensorReader["take"]>[1][]): void => {
    kept.push({ name, tensor: tensors.take(name, ...shapes) });
  };
  stages.forEach((index, position) => {
    const stage = `${prefix}.${index}`;
    // Indices without tensors: an activation, perhaps with dropout; before the first, the pooling.
    if (position > 0 && index > stages[position - 1]! + 1) mlp.push(activation);
    weights[`mlp.${mlp.length}`] = stage;
    if (tensors.has(`${stage}.running_mean`)) {
      for (const part of ["weight", "bias", "running_mean", "running_var"]) take(`${stage}.${part}`, [width]);
      mlp.push({ op: "batch_norm", epsilon: config.number("bn_eps", 1e-5) });
    } else if (index !== last && tensors.shapeOf(`${stage}.weight`)?.length === 1) {
      const slopes = tensors.shapeOf(`${stage}.weight`)![0]!;
      take(`${stage}.weight`, [width], [1]);
      mlp.push(slopes === width ? "prelu" : { op: "prelu", slopes: 1 });
    } else {
      const out = index === last ? rows : (tensors.shapeOf(`${stage}.weight`)?.[0] ?? 1);
      const bias = stages.length === 1 || tensors.has(`${stage}.bias`);
      take(`${stage}.weight`, [out, width], [out, width, 1, 1]);
      if (bias) take(`${stage}.bias`, [out]);
      mlp.push(bias && index === last ? "linear" : { op: "linear", ...(index === last ? {} : { out }), bias });
      width = out;
    }
  });
  return { mlp, weights, tensors: kept };
}

/** The indices n of `<prefix>.<n>.…`, ascending. */
function indicesOf(tensors: TensorReader, prefix: string): readonly number[] {
  const found = tensors.names().flatMap((name) => {
    const [index, part] = name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1).split(".") : [];
    return part !== undefined && /^\d+$/.test(index!) ? [Number(index)] : [];
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

function isLinear(tensors: TensorReader, stage: string): boolean {
  return (tensors.shapeOf(`${stage}.weight`)?.length ?? 0) > 1;
}
