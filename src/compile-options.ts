/** The options of a compile. */
import type { Diagnostic } from "./base/diagnostics.js";
import type { RoutingMode } from "./frontends/document/routing-modes.js";
import type { Target } from "./lowerings/targets.js";
import type { BetaPlace, BetaTable } from "./passes/given-betas.js";

/** A size that is fixed, or known only when the graph runs. */
export type Size = number | "dynamic";

export interface CompileOptions {
  readonly target?: Target;
  readonly batch?: Size;
  readonly height?: Size;
  readonly width?: Size;
  /** ONNX operator set, 17 to 21; default: the lowest that the graph needs. */
  readonly opset?: number;
  /**
   * The lowering: how mixed convolutions are written in ONNX operators. `auto`, or a name that `smxc compile --help`
   * lists.
   */
  readonly lowering?: string;
  /** Element type of weights and feature maps; inputs, outputs and routers are always float32. */
  readonly dtype?: "float32" | "float16";
  /** Whether to allow Winograd convolutions, which are faster but round differently; default: true. */
  readonly winograd?: boolean;
  /**
   * Whether to write a graph without control flow (Scan, Loop, If) for any target. This excludes Winograd
   * convolutions, which need it.
   */
  readonly portable?: boolean;
  /** The number of threads for which lowerings are chosen; default: 1. */
  readonly threads?: number;
  /**
   * Times in nanoseconds that were measured on this machine; they take precedence over the cost model: see
   * src/lowerings/trials.ts.
   */
  readonly measured?: ReadonlyMap<string, number>;
  /** A routing for the two-layer blocks in place of the one in the document. */
  readonly routing?: RoutingMode;
  /**
   * Folds routers: replaces their β by the constants of the table. Without patterns all routers are folded, otherwise
   * those of the layers that match one.
   */
  readonly fold?: FoldOptions;
  /**
   * The part of a picture from which a router computes β: the `whole` picture (default), or each `patch` of the
   * training size, cut inside the graph.
   */
  readonly context?: "whole" | "patch";
  /** Adds every β as an output `beta.<layer>` [N, experts, cardinals], after the main output. */
  readonly exposeBeta?: boolean;
  /** Receives warnings. */
  readonly report?: (diagnostic: Diagnostic) => void;
}

/** The options that say how a graph is run. */
export type LoweringOptions = Pick<
  CompileOptions,
  "target" | "opset" | "lowering" | "winograd" | "portable" | "threads" | "measured" | "dtype"
>;

export interface FoldOptions {
  readonly betas: BetaTable;
  /** The place of each value, for messages. */
  readonly place?: BetaPlace;
  /** Layer names; `*` stands for any text. */
  readonly layers?: readonly string[];
}
