/** Elementwise activations as data: the reference and the ONNX operators. One row per function. */
import type { Shape } from "../ir/dim.js";
import type { GraphEmitter } from "../lowerings/emitter.js";

/** The parameters of each activation. */
export interface ActivationParameters {
  readonly relu: unknown;
  readonly leaky_relu: { readonly slope: number };
  readonly sigmoid: unknown;
  readonly silu: unknown;
  readonly tanh: unknown;
  /** The exact form, x·Φ(x). */
  readonly gelu: unknown;
  readonly clamp: { readonly min: number; readonly max: number };
}

export type ActivationName = keyof ActivationParameters;

/** An activation with its parameters. */
export type Activation = {
  [Fn in ActivationName]: { readonly fn: Fn } & ActivationParameters[Fn];
}[ActivationName];

/** Where an activation is emitted: on a feature map, or inside a router. */
export interface ActivationSite {
  readonly e: GraphEmitter;
  readonly name: string;
  readonly shape: Shape;
  /** Emits the last node. */
  result(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, number>>): void;
}

interface ActivationRow<Parameters> {
  evaluate(value: number, parameters: Parameters): number;
  emit(input: string, site: ActivationSite, parameters: Parameters): void;
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

const ROWS: { readonly [Fn in ActivationName]: ActivationRow<ActivationParameters[Fn]> } = {
  relu: {
    evaluate: (value) => Math.max(value, 0),
    emit: (input, site) => site.result("Relu", [input]),
  },
  leaky_relu: {
    evaluate: (value, { slope }) => (value < 0 ? value * slope : value),
    emit: (input, site, { slope }) => site.result("LeakyRelu", [input], { alpha: slope }),
  },
  sigmoid: {
    evaluate: sigmoid,
    emit: (input, site) => site.result("Sigmoid", [input]),
  },
  silu: {
    evaluate: (value) => value * sigmoid(value),
    emit(input, site) {
      const gate = site.e.op("Sigmoid", `${site.name}/gate`, [input], site.shape);
      site.result("Mul", [input, gate]);
    },
  },
  tanh: {
    evaluate: Math.tanh,
    emit: (input, site) => site.result("Tanh", [input]),
  },
  gelu: {
    evaluate: (value) => (value / 2) * (1 + erf(value / Math.SQRT2)),
    emit(input, site) {
      const { e, name, shape } = site;
      const scaled = e.op("Div", `${name}/scaled`, [input, e.floats([Math.SQRT2], [])], shape);
      const error = e.op("Erf", `${name}/erf`, [scaled], shape);
      const shifted = e.op("Add", `${name}/shifted`, [error, e.floats([1], [])], shape);
      const product = e.op("Mul", `${name}/product`, [input, shifted], shape);
      site.result("Mul", [product, e.floats([0.5], [])]);
    },
  },
  clamp: {
    evaluate: (value, { min, max }) => Math.min(Math.max(value, min), max),
    emit: (input, site, { min, max }) =>
      site.result("Clip", [input, site.e.floats([min], []), site.e.floats([max], [])]),
  },
};

function row(activation: Activation): ActivationRow<Activation> {
  return ROWS[activation.fn] as ActivationRow<Activation>;
}

export function activate(activation: Activation, value: number): number {
  return row(activation).evaluate(value, activation);
}

export function emitActivation(activation: Activation, input: string, site: ActivationSite): void {
  row(activation).emit(input, site, activation);
}

/** The error function: its Maclaurin series near zero, its continued fraction in the tail (Abramowitz & Stegun 7.1.5, 7.1.14). */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 3) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
}
