/** What smxc needs of a runtime that runs ONNX graphs. One file per runtime implements it. */
import type { Target } from "../lowerings/targets.js";

/** Values in float32, row-major; their number is the product of `shape`. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Who has the feeds of a run: the caller, who goes on using them (`kept`), the session (`given`), or the session until the
 * run is done, when it hands their memory back, in other arrays.
 */
export type FeedOwner = "kept" | "given" | ((back: ReadonlyMap<string, Tensor>) => void);

/** An input or output as the graph declares it. */
export interface Port {
  readonly name: string;
  /** In ONNX Runtime's spelling: `float32`, `float16`, `int64`. */
  readonly type: string;
  /** Numbers, and names of sizes that are known only when the graph runs. */
  readonly shape: readonly (number | string)[];
}

/** A graph that is loaded and ready to run. */
export interface Session {
  readonly inputNames: readonly string[];
  /** In the order of the graph. */
  readonly outputNames: readonly string[];
  readonly inputs: readonly Port[];
  /** Runs that are done at a time; one more may be given, so that none has to wait for its feeds. Others wait in a queue. */
  readonly parallel: number;
  /**
   * Runs the graph once, and returns every output. Values of other types than float32 are converted: feeds to what the
   * graph declares, outputs to float32. Runs that are asked for while others are under way are done in turn.
   *
   * @param owner whose the feeds are; `kept` when absent. Where they are not kept, a session elsewhere takes their memory
   *   in place of a copy, and they are empty afterwards.
   * @throws SmxcError `runtime/missing-feed`, `runtime/unknown-feed`; `runtime/failed` with the runtime's own message
   */
  run(feeds: ReadonlyMap<string, Tensor>, owner?: FeedOwner): Promise<ReadonlyMap<string, Tensor>>;
  /** Gives memory back, when the runs that are under way are done. The session is not used afterwards. */
  release(): Promise<void>;
}

/** A graph in memory. */
export interface ModelBytes {
  /** What messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Files that initializers lie in, by the location that the graph gives them. */
  readonly externalData?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** The folder of those files, for packages that read files: they look for subgraphs' data nowhere else. */
  readonly folder?: string;
}

export interface SessionOptions {
  readonly target: Target;
  /** How far ONNX Runtime rewrites the graph; `all` when absent, as its users have it. */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /** Threads inside one operator; absent, as many as the process has cores in Node, and what the runtime takes in browsers. */
  readonly threads?: number;
  /** Refuse a graph of which the target would leave operators to the CPU. */
  readonly noFallback?: boolean;
}
