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
  /** Its approximation by tanh (Hendrycks & Gimpel 2016). */
  readonly gelu_tanh: unknown;
  readonly erf: unknown;
  /** x where x ≥ 0, alpha·(exp(x) − 1) elsewhere (Clevert et al. 2015). */
  readonly elu: { readonly alpha: number };
  /** alpha·x + beta, limited to [0, 1]. */
  readonly hard_sigmoid: { readonly alpha: number; readonly beta: number };
  /** x times x/6 + 1/2 limited to [0, 1] (Howard et al. 2019). */
  readonly hard_swish: unknown;
  /** ln(1 + exp(x)). */
  readonly softplus: unknown;
  /** x·tanh(softplus(x)) (Misra 2019). */
  readonly mish: unknown;
  /** A side without a bound has ±LARGEST_FLOAT32. */
  readonly clamp: { readonly min: number; readonly max: number };
}

/** The largest finite float32, 2¹²⁸ − 2¹⁰⁴. */
export const LARGEST_FLOAT32 = 2 ** 128 - 2 ** 104;

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
const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

const ROWS: {
  readonly [Fn in ActivationName]: (value: number, parameters: ActivationParameters[Fn]) => number;
} = {
  relu: (value) => Math.max(value, 0),
  leaky_relu: (value, { slope }) => (value < 0 ? value * slope : value),
  sigmoid,
  silu: (value) => value * sigmoid(value),
  tanh: Math.tanh,
  gelu: (value) => (value / 2) * (1 + erf(value / Math.SQRT2)),
  gelu_tanh: (value) => (value / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))),
  erf,
  elu: (value, { alpha }) => (value < 0 ? alpha * Math.expm1(value) : value),
  hard_sigmoid: (value, { alpha, beta }) => Math.min(Math.max(alpha * value + beta, 0), 1),
  hard_swish: (value) => value * Math.min(Math.max(value / 6 + 0.5, 0), 1),
  softplus,
  mish: (value) => value * Math.tanh(softplus(value)),
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
