/** What a compile can be told. */
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
  /** ONNX operator set, 17 to 21; by default the lowest that the graph needs. */
  readonly opset?: number;
  /** `auto`, or the name of a lowering. */
  readonly lowering?: string;
  /** Element type of weights and feature maps; inputs, outputs and routers are float32 in any case. */
  readonly dtype?: "float32" | "float16";
  /** Whether Winograd convolutions may be used, which round differently; they may when absent. */
  readonly winograd?: boolean;
  /** Whether the graph is to hold no control flow (Scan, Loop, If), on whatever target; Winograd convolutions, which need it, are not used. */
  readonly portable?: boolean;
  /** Threads inside one operator that the choice of lowerings is for; 1 when absent. */
  readonly threads?: number;
  /** Nanoseconds measured on the machine at hand, which the choice prefers to its model: see src/lowerings/trials.ts. */
  readonly measured?: ReadonlyMap<string, number>;
  /** Another routing for the model's blocks than its document's. */
  readonly routing?: RoutingMode;
  /** Freezes β: the routers of the layers that match a pattern, of all for none, take the values of the table. */
  readonly fold?: FoldOptions;
  /** What β is pooled over: `whole` pictures when absent, or patches, as the document's context says, inside the graph. */
  readonly context?: "whole" | "patch";
  /** Every β becomes an output `beta.<layer>` [N,k,d] after the main output. */
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
  /** Where a value was given, for messages. */
  readonly place?: BetaPlace;
  /** Layer names; `*` stands for any text. */
  readonly layers?: readonly string[];
}
