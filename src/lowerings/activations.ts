/** Elementwise activations in ONNX operators: one row per function. */
import type { Shape } from "../ir/dim.js";
import {
  type Activation,
  type ActivationName,
  type ActivationParameters,
  LARGEST_FLOAT32,
} from "../ir/ops/activations.js";
import type { GraphEmitter } from "./emitter.js";

/** Where an activation is emitted: on a feature map, or inside a router. */
export interface ActivationSite {
  readonly e: GraphEmitter;
  readonly name: string;
  readonly shape: Shape;
  /** Emits the last node. */
  result(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, number>>): void;
}

type Row<Parameters> = (input: string, site: ActivationSite, parameters: Parameters) => void;

/** A node before the last. */
function step({ e, name, shape }: ActivationSite, label: string, op: string, inputs: readonly string[]): string {
  return e.op(op, `${name}/${label}`, inputs, shape);
}

const ROWS: { readonly [Fn in ActivationName]: Row<ActivationParameters[Fn]> } = {
  relu: (input, site) => site.result("Relu", [input]),
  leaky_relu: (input, site, { slope }) => site.result("LeakyRelu", [input], { alpha: slope }),
  sigmoid: (input, site) => site.result("Sigmoid", [input]),
  silu: (input, site) => site.result("Mul", [input, step(site, "gate", "Sigmoid", [input])]),
  tanh: (input, site) => site.result("Tanh", [input]),
  gelu(input, site) {
    const scaled = step(site, "scaled", "Div", [input, site.e.floats([Math.SQRT2], [])]);
    const error = step(site, "erf", "Erf", [scaled]);
    const shifted = step(site, "shifted", "Add", [error, site.e.floats([1], [])]);
    const product = step(site, "product", "Mul", [input, shifted]);
    site.result("Mul", [product, site.e.floats([0.5], [])]);
  },
  gelu_tanh(input, site) {
    // x/2 · (1 + tanh(x · (c + 0.044715·c·x²))), c = √(2/π)
    const c = Math.sqrt(2 / Math.PI);
    const square = step(site, "square", "Mul", [input, input]);
    const weighed = step(site, "weighed", "Mul", [square, site.e.floats([0.044715 * c], [])]);
    const slope = step(site, "slope", "Add", [weighed, site.e.floats([c], [])]);
    const tanh = step(site, "tanh", "Tanh", [step(site, "inner", "Mul", [input, slope])]);
    const shifted = step(site, "shifted", "Add", [tanh, site.e.floats([1], [])]);
    const product = step(site, "product", "Mul", [input, shifted]);
    site.result("Mul", [product, site.e.floats([0.5], [])]);
  },
  erf: (input, site) => site.result("Erf", [input]),
  elu: (input, site, { alpha }) => site.result("Elu", [input], { alpha }),
  hard_sigmoid: (input, site, { alpha, beta }) => site.result("HardSigmoid", [input], { alpha, beta }),
  hard_swish: (input, site) => site.result("HardSwish", [input]),
  softplus: (input, site) => site.result("Softplus", [input]),
  mish: (input, site) =>
    site.result("Mul", [input, step(site, "gate", "Tanh", [step(site, "softplus", "Softplus", [input])])]),
  clamp: (input, site, { min, max }) => {
    const least = min <= -LARGEST_FLOAT32 ? [] : [site.e.floats([min], [])];
    const most = max >= LARGEST_FLOAT32 ? [] : [site.e.floats([max], [])];
    site.result("Clip", most.length === 0 ? [input, ...least] : [input, least[0] ?? "", ...most]);
  },
};

export function emitActivation(activation: Activation, input: string, site: ActivationSite): void {
  (ROWS[activation.fn] as Row<Activation>)(input, site, activation);
}

/**
 * Two values whose sum is x where x ≥ 0 and slopes · x elsewhere, of slopes that broadcast. ONNX Runtime's PRelu takes one value
 * at a time and jumps by its sign, which costs up to nine times as much.
 */
export function slopeParts(
  e: GraphEmitter,
  name: string,
  input: string,
  slopes: string,
  shape: Shape,
): readonly [string, string] {
  const above = e.op("Relu", `${name}/above`, [input], shape);
  const below = e.op("Clip", `${name}/below`, [input, "", e.floats([0], [])], shape);
  return [above, e.op("Mul", `${name}/sloped`, [below, slopes], shape)];
}
