/** What smxc needs of a runtime that runs ONNX graphs. One file per runtime implements it. */

/** Values in float32, row-major; as many as the product of `shape`. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** A graph that is loaded and ready to run. */
export interface Session {
  readonly inputNames: readonly string[];
  /** In the order of the graph. */
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once, and returns every output.
   *
   * @throws SmxcError `runtime/run-failed` with the runtime's own message
   */
  run(feeds: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>>;
  /** Gives memory back. The session is not used afterwards. */
  release(): Promise<void>;
}

/** Where a graph runs, by the names of `--target`. */
export type Target = "cpu" | "wasm" | "webgpu" | "cuda";

/** Bytes of a graph, with the name that its external data has in it. */
export interface ModelBytes {
  /** What messages call the graph. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly externalData?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

export interface SessionOptions {
  /** ONNX Runtime's own default, `all`, when absent. */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /** Threads inside one operator; the runtime decides when absent. */
  readonly threads?: number;
}
