/** ONNX Runtime's execution providers that are told apart, by the names of `--target`. */
export const PROVIDERS = ["cpu", "wasm", "webgpu", "cuda"] as const;
export type Provider = (typeof PROVIDERS)[number];
