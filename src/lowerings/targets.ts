/** Where a graph is to run: ONNX Runtime's execution providers that smxc compiles for. */
export const TARGETS = ["cpu", "wasm", "webgpu", "cuda"] as const;
export type Target = (typeof TARGETS)[number];

/** Rows, and columns, of the tiles in which WebGPU's matrix products are computed (ONNX Runtime 1.30). */
export const TILE = 32;

export interface TargetProfile {
  readonly description: string;
  /** Control flow (Scan, If) runs on the provider without a round trip to the host. */
  readonly controlFlow: boolean;
  /** Winograd convolutions in plain operators are faster than the provider's own convolution kernels. */
  readonly canvas: boolean;
  /** Its package reads the weights of a Scan's body from another file. */
  readonly bodyData: boolean;
  /** The provider computes with 64-bit integers, which are the results of ArgMax, itself. */
  readonly wideIntegers: boolean;
  /** A matrix product of few rows costs what its rows cost; elsewhere it takes tiles of `TILE` rows, full or not. */
  readonly rowProducts: boolean;
  /** The operator that takes the mean of a feature map in less time. */
  readonly means: "GlobalAveragePool" | "ReduceMean";
}

/**
 * What lowerings need to know of each provider (ONNX Runtime 1.30). Which operators, opsets and types a provider runs
 * itself is in the tables of `src/onnx/providers`, which `smxc check --target` reads too.
 */
export const TARGET_PROFILES: Readonly<Record<Target, TargetProfile>> = {
  cpu: {
    description: "ONNX Runtime's CPU provider",
    controlFlow: true,
    canvas: true,
    bodyData: true,
    wideIntegers: true,
    rowProducts: true,
    means: "GlobalAveragePool",
  },
  wasm: {
    description: "onnxruntime-web's WebAssembly provider",
    controlFlow: true,
    canvas: true,
    bodyData: false,
    wideIntegers: true,
    rowProducts: true,
    means: "GlobalAveragePool",
  },
  webgpu: {
    description: "WebGPU, in browsers and in onnxruntime-node",
    controlFlow: false,
    canvas: false,
    bodyData: false,
    wideIntegers: false,
    rowProducts: false,
    // GlobalAveragePool runs a thread for each channel, ReduceMean a workgroup: 253 and 33 ms on a software adapter.
    means: "ReduceMean",
  },
  cuda: {
    description: "CUDA",
    controlFlow: false,
    canvas: false,
    bodyData: true,
    wideIntegers: true,
    rowProducts: false,
    means: "GlobalAveragePool",
  },
};
