/**
 * Constants of the cost model, fitted by bench/fit-costs.mjs to bench/results/layers-<target>-<vectors>.generated.json. Nanoseconds
 * per unit, one thread.
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
  /** Per element of the kernel in the points that a strip packs for its products. */
  readonly pack: number;
  /** Per element of the input that is copied into the windows of strips, or of a picture that is no whole number of cells. */
  readonly copy: number;
  /** Per element of a result whose rows beyond the picture are cleared. */
  readonly ragged: number;
  /** Per layer on a canvas: its small nodes. */
  readonly layer: number;
  /** Per element of a value that moves between a canvas and the layout of pictures. */
  readonly layout: number;
}

/** Shares of the time that further threads divide. Below zero: they wait for each other longer than they save. */
export interface ParallelShares {
  /** Of direct convolutions, and of the products between transforms. */
  readonly product: number;
  /** Of all else on a canvas, and of changes of layout. */
  readonly transform: number;
}

/**
 * By the kind of machine. Where cores share a cache the transforms divide; where they share none, each waits for what the other core
 * made (docs/explain/lowerings.md, "The cost model").
 */
export const PARALLEL: Readonly<Record<"avx2" | "avx512", ParallelShares>> = {
  avx2: { product: 0.97, transform: 0.75 },
  avx512: { product: 0.97, transform: -0.5 },
};

/**
 * The kinds of machine that were measured: x86-64 with vectors of 256 and of 512 bits. A graph is to run on either, and on
 * others between and beside them, so a convolution costs the geometric mean.
 */
export const RATES: Readonly<Record<"cpu" | "wasm", Readonly<Record<"avx2" | "avx512", Rates>>>> = {
  cpu: {
    avx2: {
      constant: 0.0213,
      direct: 0.0226,
      gather: 0.367,
      product: 0.023,
      transform: 0.443,
      mix: 0,
      points: 0.328,
      pack: 0.246,
      copy: 0.16,
      ragged: 0.743,
      layer: 24_500,
      layout: 0.8,
    },
    avx512: {
      constant: 0.0097,
      direct: 0.0104,
      gather: 0.26,
      product: 0.00777,
      transform: 0.409,
      mix: 0,
      points: 0.123,
      pack: 0.249,
      copy: 0,
      ragged: 0.488,
      layer: 32_100,
      layout: 0.8,
    },
  },
  wasm: {
    avx2: {
      constant: 0.0975,
      direct: 0.0985,
      gather: 0,
      product: 0.093,
      transform: 0.584,
      mix: 0.146,
      points: 0.664,
      pack: 0.629,
      copy: 2.3,
      ragged: 1.48,
      layer: 0,
      layout: 0.8,
    },
    avx512: {
      constant: 0.0728,
      direct: 0.0723,
      gather: 0.114,
      product: 0.0697,
      transform: 0.542,
      mix: 0,
      points: 0.451,
      pack: 0.598,
      copy: 1.74,
      ragged: 1.88,
      layer: 0,
      layout: 0.8,
    },
  },
};
