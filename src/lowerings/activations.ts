/** Elementwise activations in ONNX operators: one row per function. */
import type { Shape } from "../ir/dim.js";
import type { Activation, ActivationName, ActivationParameters } from "../ir/ops/activations.js";
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

const ROWS: { readonly [Fn in ActivationName]: Row<ActivationParameters[Fn]> } = {
  relu: (input, site) => site.result("Relu", [input]),
  leaky_relu: (input, site, { slope }) => site.result("LeakyRelu", [input], { alpha: slope }),
  sigmoid: (input, site) => site.result("Sigmoid", [input]),
  silu(input, site) {
    const gate = site.e.op("Sigmoid", `${site.name}/gate`, [input], site.shape);
    site.result("Mul", [input, gate]);
  },
  tanh: (input, site) => site.result("Tanh", [input]),
  gelu(input, site) {
    const { e, name, shape } = site;
    const scaled = e.op("Div", `${name}/scaled`, [input, e.floats([Math.SQRT2], [])], shape);
    const error = e.op("Erf", `${name}/erf`, [scaled], shape);
    const shifted = e.op("Add", `${name}/shifted`, [error, e.floats([1], [])], shape);
    const product = e.op("Mul", `${name}/product`, [input, shifted], shape);
    site.result("Mul", [product, e.floats([0.5], [])]);
  },
  clamp: (input, site, { min, max }) =>
    site.result("Clip", [input, site.e.floats([min], []), site.e.floats([max], [])]),
};

export function emitActivation(activation: Activation, input: string, site: ActivationSite): void {
  (ROWS[activation.fn] as Row<Activation>)(input, site, activation);
}
