/** ONNX Runtime's execution providers that are told apart, by the names of `--target`. */
export declare const PROVIDERS: readonly ["cpu", "wasm", "webgpu", "cuda"];
export type Provider = (typeof PROVIDERS)[number];
