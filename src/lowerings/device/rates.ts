/**
 * Constants of the cost model for devices: round numbers for a graphics processor that shares its memory with the processor. No
 * such device was at hand, so they are assumed, not fitted; what decides is their proportions. A multiply-accumulate costs 0.4 of
 * a byte: on the software adapter it is 0.65, and data sheets promise 0.1, which ONNX Runtime's kernels do not reach. Within that range they were set
 * knowing what they choose: at 0.1 an open 64 → 16 layer would run by `experts`, which the adapter takes longer for.
 */
export const DEVICE_RATES = {
  /** Nanoseconds per node that runs a shader. */
  dispatch: 10_000,
  /** Per byte that is read or written: 100 GB/s. */
  byte: 0.01,
  /** Per multiply-accumulate of a kernel that works in tiles. */
  tiled: 0.004,
  /**
   * Per multiply-accumulate of a kernel that reads its operands again for each element: Einsum's and grouped convolutions'.
   * On the software adapter, which has no memory that a workgroup shares, they are as fast as tiles.
   */
  untiled: 0.005,
} as const;
