/** What a page and the worker that holds its network say to each other. Everything here can be cloned. */
import type { Diagnostic } from "../../base/diagnostics.js";
import type { DocumentInput } from "../../model-input.js";
import type { Image } from "../../pictures/image.js";
import type { RunPlan } from "../../restore/cost/context-choice.js";
import type { LoadedNetwork } from "../../restore/load.js";
import type { Restored, RestoreOptions, ResultTile } from "../../restore/restore.js";
import type { Betas } from "../../restore/restorer.js";
import type { Reply as PoolReply } from "../../sessions/workers/protocol.js";
import type { WebLoadOptions } from "../web.js";

/** The name of a network that comes with smxc, or a model in memory. */
export type WorkerModel =
  | string
  | { readonly graph: Uint8Array; readonly name?: string }
  | { readonly document: DocumentInput; readonly weights?: Uint8Array | Blob; readonly name?: string };

/** What is reported before the answer is there. */
export interface Reports {
  readonly report: readonly [warning: Diagnostic];
  readonly onProgress: readonly [done: number, total: number];
  readonly onPlan: readonly [plan: RunPlan];
  readonly onTile: readonly [tile: ResultTile];
  readonly onBetas: readonly [betas: Betas];
}

export type ReportName = keyof Reports;

/** Options that are values; functions stay on the page, and the worker hears which of them are to be called. */
export type LoadValues = Omit<WebLoadOptions, "report" | "openScratch">;
export type RestoreValues = Omit<RestoreOptions, "signal" | "onProgress" | "onPlan" | "onTile" | "onBetas">;

/** A network as a page sees it, without what it does. */
export type NetworkInfo = Pick<LoadedNetwork, "format" | "context" | "trained" | "target" | "cores">;

/** `stop` has no answer of its own: what it stops fails. */
export type Request =
  | {
      readonly kind: "load";
      readonly id: number;
      readonly model: WorkerModel;
      readonly options: LoadValues;
    }
  | {
      readonly kind: "restore";
      readonly id: number;
      readonly image: Image;
      readonly options: RestoreValues;
      readonly wants: readonly ReportName[];
    }
  | { readonly kind: "stop"; readonly id: number };

export type Answer =
  | { readonly kind: "loaded"; readonly info: NetworkInfo }
  | { readonly kind: "restored"; readonly restored: Restored }
  | Extract<PoolReply, { readonly kind: "failed" | "defect" }>;

export type Reported = {
  [K in ReportName]: { readonly kind: "reported"; readonly name: K; readonly args: Reports[K] };
}[ReportName];

/** Every one names the request that it belongs to. */
export type Reply = (Answer | Reported) & { readonly id: number };
