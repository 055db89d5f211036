/** Where a graph is to run: ONNX Runtime's execution providers that smxc compiles for. */
export const TARGETS = ["cpu", "wasm", "webgpu", "cuda"] as const;
export type Target = (typeof TARGETS)[number];

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
  },
  wasm: {
    description: "onnxruntime-web's WebAssembly provider",
    controlFlow: true,
    canvas: true,
    bodyData: false,
    wideIntegers: true,
  },
  webgpu: {
    description: "WebGPU, in browsers and in onnxruntime-node",
    controlFlow: false,
    canvas: false,
    bodyData: false,
    wideIntegers: false,
  },
  cuda: { description: "CUDA", controlFlow: false, canvas: false, bodyData: true, wideIntegers: true },
};
