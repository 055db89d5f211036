/** What the page and its worker say to each other. Everything here can be cloned. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import type { ConfigValue } from "../../../src/frontends/checkpoints/config.js";
import type { Target } from "../../../src/lowerings/targets.js";
import type { BetaSummary } from "../../../src/restore/beta-summary.js";
import type { PictureFormat, RunReport } from "../../../src/runtime/web.js";

export interface NamedBlob {
  /** What messages call it. */
  readonly name: string;
  readonly blob: Blob;
}

/** What `smxc import` takes as flags. */
export interface ImportSettings {
  readonly arch?: string;
  readonly key?: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
}

export type ModelFiles =
  | { readonly kind: "checkpoint"; readonly file: NamedBlob; readonly settings: ImportSettings }
  | { readonly kind: "document"; readonly file: NamedBlob; readonly weights?: NamedBlob }
  | { readonly kind: "graph"; readonly file: NamedBlob };

export interface ModelInfo {
  readonly name: string;
  /** How pictures become its input; absent for what is no network for pictures. */
  readonly format?: PictureFormat;
  /** Side of the patches that the network was trained on, where it was. */
  readonly patch?: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** Layers of the document; absent for graphs, which are compiled already. */
  readonly layers?: number;
  readonly warnings: readonly Diagnostic[];
}

export interface CompileSettings {
  readonly target: Target;
  readonly exposeBeta: boolean;
}

export type WebProvider = "webgpu" | "wasm";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface RestoreRequest {
  readonly pixels: Pixels;
  /** Tried in this order: a provider that cannot open or run the network is left for the next. */
  readonly providers: readonly WebProvider[];
  readonly context: "trained" | "whole";
}

/** A part of a result, as soon as it is known: its place in the result, and its samples. */
export interface ResultTile extends Pixels {
  readonly left: number;
  readonly top: number;
}

/** What a network's routers gave for each patch of a picture. */
export interface PatchShares {
  /** In pixels of the picture. */
  readonly places: readonly { readonly left: number; readonly top: number }[];
  readonly side: number;
  /** Shares by router, [patches, experts], the mean over cardinals. */
  readonly routers: ReadonlyMap<string, { readonly experts: number; readonly shares: readonly number[] }>;
}

export interface RestoreResult {
  readonly pixels: Pixels;
  readonly provider: WebProvider;
  /** Whether it was computed in float16. */
  readonly isHalf: boolean;
  /** Workers of the WebAssembly provider. */
  readonly jobs: number;
  /** Threads of each. */
  readonly threads: number;
  /** What the providers before this one could not do. */
  readonly left: readonly Diagnostic[];
  /** Seconds of the run itself. */
  readonly seconds: number;
  readonly report: RunReport;
  readonly betas: readonly BetaSummary[];
  /** Where the picture was run in patches. */
  readonly patches?: PatchShares;
  /** Whether it could have been, and was not. */
  readonly canBeCut: boolean;
}

export interface Calls {
  readonly open: { readonly input: ModelFiles; readonly output: ModelInfo };
  readonly compile: { readonly input: CompileSettings; readonly output: Uint8Array<ArrayBuffer> };
  readonly restore: { readonly input: RestoreRequest; readonly output: RestoreResult };
}

export type Call = { [K in keyof Calls]: { readonly call: K; readonly input: Calls[K]["input"] } }[keyof Calls];

export type Request = Call & { readonly id: number };

export type Reply =
  /** `predicted`: seconds of the run on a machine that src/restore/cost knows, where that can be said. */
  | { readonly id: number; readonly stage: Stage; readonly predicted?: number }
  | { readonly id: number; readonly done: number; readonly total: number }
  | { readonly id: number; readonly tile: ResultTile }
  | { readonly id: number; readonly output: Calls[keyof Calls]["output"] }
  | { readonly id: number; readonly diagnostics: readonly Diagnostic[] }
  | { readonly id: number; readonly defect: string };

/** What a restoration does before its parts are counted. */
export type Stage = "loading" | "running";
