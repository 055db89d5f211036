/**
 * Constants of the cost model, fitted by bench/fit-costs.mjs to bench/results/layers-<target>.json. Nanoseconds per unit, one
 * thread. Other machines differ in speed, but the choice depends on ratios alone.
 */
export interface Rates {
  /** Per multiply-accumulate of a convolution with a constant kernel. */
  readonly constant: number;
  /** Per multiply-accumulate of one whose kernel is made at run time, and per element that it gathers into columns. */
  readonly direct: number;
  readonly gather: number;
  /** Per multiply-accumulate of the products between transforms, and per element that the transforms write. */
  readonly product: number;
  readonly transform: number;
  /** Per element of a kernel's bank that is mixed, and per element of the kernel in the points of a form. */
  readonly mix: number;
  readonly points: number;
  /** Per layer on a canvas: its small nodes. */
  readonly layer: number;
  /** How much longer a transformed element takes when the size is open: windows are copied, rows are masked. */
  readonly open: number;
  /** Share of the time that further threads divide, of direct convolutions and of those on a canvas. */
  readonly parallelDirect: number;
  readonly parallelCanvas: number;
}

export const RATES: Readonly<Record<"cpu" | "wasm", Rates>> = {
  cpu: {
    constant: 0.0101,
    direct: 0.011,
    gather: 0.25,
    product: 0.0105,
    transform: 0.19,
    mix: 0.09,
    points: 0.2,
    layer: 25_000,
    open: 1.1,
    parallelDirect: 0.97,
    parallelCanvas: 0.8,
  },
  wasm: {
    constant: 0.074,
    direct: 0.074,
    gather: 0.1,
    product: 0.0875,
    transform: 0.6,
    mix: 0.3,
    points: 0.8,
    layer: 60_000,
    open: 1.1,
    parallelDirect: 0.97,
    parallelCanvas: 0.8,
  },
};
