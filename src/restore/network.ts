/** A network ready to restore pictures, in the context that is asked for. */
import { SmxcError } from "../base/diagnostics.js";
import type { ModelMetadata } from "../metadata.js";
import type { Session } from "../sessions/session.js";
import { graphContext, graphTiles, noImage } from "./errors.js";
import { wholeRestorer } from "./restore-whole.js";
import type { ContextKind, PictureFormat, Restorer } from "./restorer.js";

export interface ContextOptions {
  /** What β is pooled over; by default what the network was trained with. */
  readonly context?: ContextKind;
  /** Side of a tile, or the rows of a band of patches, in pixels; `off`: the picture is one tile. */
  readonly tile?: number | "auto" | "off";
  /** In the global context: β is estimated from so many tiles. */
  readonly samples?: number;
  /** Compiles a document so that its β can be told to `onBetas`; a graph tells those that it was compiled to expose. */
  readonly exposeBeta?: boolean;
}

export interface Network {
  readonly restorer: Restorer;
  readonly format: PictureFormat;
  /** What β is pooled over. */
  readonly context: ContextKind;
  /** What the network was trained with, if the model says. */
  readonly trained: "whole" | "patch" | undefined;
}

/** A graph pools β as it was compiled to; the other contexts need the document. */
export function openGraph(
  name: string,
  session: Session,
  metadata: ModelMetadata | undefined,
  { context, tile = "auto" }: ContextOptions,
): Network {
  const format = metadata?.image;
  if (!format) throw new SmxcError([noImage(name)]);
  const own = metadata.compiled.context;
  if (context !== undefined && context !== own) throw new SmxcError([graphContext(name, own, context)]);
  if (typeof tile === "number") throw new SmxcError([graphTiles(name)]);
  const names = { input: session.inputNames[0]!, output: session.outputNames[0]! };
  return {
    restorer: wholeRestorer(session, names, format, own),
    format,
    context: own,
    trained: metadata.context?.kind,
  };
}
