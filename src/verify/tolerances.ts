/**
 * Every tolerance of smxc, in one place, with where it comes from.
 *
 * float32 keeps 24 bits, u = 2⁻²⁴ ≈ 6e-8. A sum of n products loses about √n·u (random signs) to n·u (worst case)
 * relative to Σ|terms| (Higham, "Accuracy and Stability of Numerical Algorithms", ch. 3–4). The longest sums of these
 * networks have some thousands of terms and pass through tens of layers with residual connections, so √n·u·layers is
 * about 1e-6 to 1e-5 of the output's magnitude.
 */
export const TOLERANCES = {
  /** ONNX Runtime in float32 against the reference interpreter: of the largest magnitude of the output. */
  relative: 1e-5,
  /** Added to the relative part: outputs near zero are sums of terms near one. */
  absolute: 1e-6,
} as const;

/**
 * Kernels are compared one by one, and a mixture of few may be small beside what it is a sum of: so many times larger its
 * terms may be, which still leaves 1e-2 of it.
 */
export const MOST_CANCELLATION = 1e3;

/**
 * Winograd convolutions round more than direct ones, 5.7e-6 of the output against 2.4e-7 (docs/explain/lowerings.md), so a network that magnifies rounding
 * may miss the tolerance with them alone. A difference of more than so many times what is allowed is no rounding.
 */
export const MOST_MAGNIFIED = 32;

/**
 * Half precision keeps 11 bits, 2⁻¹¹ ≈ 4.9e-4 of each value: about ten layers behind one another, errors of random signs
 * and residual sums of a few times the output's magnitude.
 */
export const HALF_TOLERANCE = { relative: 1e-2, absolute: 1e-3 } as const;

/** Weights of a graph against those of a fresh compile, by the type that they are stored in: what rounding leaves. */
export const STORED_TOLERANCES = {
  float32: { absolute: 0, relative: 1e-6 },
  float16: { absolute: 0, relative: 2 ** -11 },
} as const;

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** The largest difference that a tolerance allows for a value of some magnitude. */
export function limitOf(tolerance: Tolerance, magnitude: number): number {
  return tolerance.absolute + tolerance.relative * magnitude;
}
