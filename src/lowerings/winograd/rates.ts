/**
 * Constants of the cost model, fitted by bench/fit-costs.mjs to bench/results/layers-<target>.generated.json. Nanoseconds per unit, one
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
    constant: 0.0097,
    direct: 0.0104,
    gather: 0.256,
    product: 0.0131,
    transform: 0.456,
    mix: 0,
    points: 0.162,
    layer: 61_800,
    open: 1.13,
    parallelDirect: 0.97,
    parallelCanvas: 0.8,
  },
  wasm: {
    constant: 0.0728,
    direct: 0.0723,
    gather: 0.114,
    product: 0.0815,
    transform: 0.736,
    mix: 0,
    points: 0.604,
    layer: 0,
    open: 1.39,
    parallelDirect: 0.97,
    parallelCanvas: 0.8,
  },
};
