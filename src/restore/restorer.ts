/** What runs a network on a picture, whatever β is pooled over. */

import type { PictureColor } from "../frontends/document/document.js";
import type { Graph } from "../ir/graph.js";
import type { Image, ValueRange } from "../pictures/image.js";
import type { SessionUse } from "../sessions/cores.js";
import type { Session, Tensor } from "../sessions/session.js";
import type { RunPlan } from "./cost/context-choice.js";
import type { Rect } from "./tiles.js";

export type ContextKind = "whole" | "patch" | "global";

/** How a network takes pictures. */
export interface PictureFormat {
  readonly range: ValueRange;
  /**
   * The channels of the network: rgb or bgr; each colour separately (gray); or only the luma, with the chroma resized
   * (y).
   */
  readonly color: PictureColor;
  /** The factor by which each side of the result is larger than that of the picture. */
  readonly scale: number;
  /**
   * The sides of pictures must be multiples of this number; default: 1. Other pictures are padded, and the result is
   * cropped.
   */
  readonly multiple?: number | undefined;
  /** What the network does to pictures, in words, if known. */
  readonly task?: string | undefined;
}

/** A network whose parts can be compiled one by one. */
export interface PartedNetwork {
  /** The network for one picture of any size. */
  readonly graph: Graph;
  readonly format: PictureFormat;
  /** Compiles a part and opens it, for parts of pictures unless something else is said. */
  open(part: Graph, use?: SessionUse): Promise<Session>;
  /** Likewise of a part of few layers, where changes of layout cost more than what they save. */
  openStage(part: Graph): Promise<Session>;
}

export interface RunOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Receives the β of the routers as soon as they are computed, if the network was loaded with `exposeBeta`. */
  readonly onBetas?: (betas: Betas) => void;
}

/** β by its public name, `beta.<layer>`: [samples, experts, cardinals]. A sample is a patch, or the whole picture. */
export type Betas = ReadonlyMap<string, Tensor>;

/** How a picture was run. */
export interface RunReport {
  readonly context: ContextKind;
  /**
   * The number of parts in which the picture ran. In the context `whole`, the parts give the same result as one piece.
   */
  readonly parts: number;
  /**
   * Side of a part, in pixels of the picture; absent if the parts are bands of rows, or if the graph cuts them itself.
   */
  readonly side?: number;
  /** The work done, relative to one run of the network over the whole picture. */
  readonly cost?: number;
  /** The largest standard error of a β that was estimated from sampled tiles. */
  readonly betaError?: number;
}

/** Receives the result part by part: the place in pixels of the result, and the network's values [1,C,h,w]. */
export type Emit = (rect: Rect, values: Tensor) => void;

export interface Restorer {
  /**
   * How a picture of a size will be run, and what that takes; undefined, or absent, where it is not the restorer's to choose.
   *
   * @throws SmxcError `run/memory` where it does not fit
   */
  plan?(size: { readonly height: number; readonly width: number }): Promise<RunPlan | undefined>;
  /** Pictures of a size of which several gain by being restored at a time; absent: one, whose parts do. */
  atATime?(size: { readonly height: number; readonly width: number }): Promise<number>;
  /** @throws SmxcError; the signal's reason when it is aborted */
  restore(image: Image, emit: Emit, options: RunOptions): Promise<RunReport>;
  release(): Promise<void>;
}
