/** Elementwise activations as data: one row per function. */

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

/** The activations that have no parameters. */
export type PlainActivation = {
  [Fn in ActivationName]: unknown extends ActivationParameters[Fn] ? Fn : never;
}[ActivationName];

/** An activation with its parameters. */
export type Activation = {
  [Fn in ActivationName]: { readonly fn: Fn } & ActivationParameters[Fn];
}[ActivationName];

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

const ROWS: {
  readonly [Fn in ActivationName]: (value: number, parameters: ActivationParameters[Fn]) => number;
} = {
  relu: (value) => Math.max(value, 0),
  leaky_relu: (value, { slope }) => (value < 0 ? value * slope : value),
  sigmoid,
  silu: (value) => value * sigmoid(value),
  tanh: Math.tanh,
  gelu: (value) => (value / 2) * (1 + erf(value / Math.SQRT2)),
  clamp: (value, { min, max }) => Math.min(Math.max(value, min), max),
};

export function activate(activation: Activation, value: number): number {
  return (ROWS[activation.fn] as (value: number, parameters: Activation) => number)(value, activation);
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
