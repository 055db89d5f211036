/** ONNX Runtime's execution providers that are told apart, by the names of `--target`. */
export const PROVIDERS = ["cpu", "wasm", "webgpu", "cuda"];
//# sourceMappingURL=provider.js.map
