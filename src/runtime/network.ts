/** A network ready to restore pictures, in the context that is asked for. */
import { compileGraph, referenceGraph } from "../compile.js";
import { noPatchContext } from "../context/errors.js";
import { type Reporter, SmxcError } from "../diagnostics.js";
import type { Graph } from "../ir/graph.js";
import type { Target } from "../lowerings/targets.js";
import type { ModelMetadata } from "../metadata.js";
import { encodeModel } from "../onnx/encode.js";
import type { ModelSpec } from "../spec/document.js";
import { collect } from "../weights/byte-source.js";
import type { TensorStore } from "../weights/tensor.js";
import { graphContext, graphTiles, noImage } from "./errors.js";
import { globalRestorer } from "./restore-global.js";
import { patchRestorer } from "./restore-patches.js";
import { wholeRestorer } from "./restore-whole.js";
import type { ContextKind, PartedNetwork, PictureFormat, Restorer } from "./restorer.js";
import type { ModelBytes, Session } from "./session.js";

export interface ContextOptions {
  /** What β is pooled over; by default what the network was trained with. */
  readonly context?: ContextKind;
  /** Side of a tile, or the rows of a band of patches, in pixels; `off`: the picture is one tile. */
  readonly tile?: number | "auto" | "off";
  /** In the global context: β is estimated from so many tiles. */
  readonly samples?: number;
}

export interface Network {
  readonly restorer: Restorer;
  readonly format: PictureFormat;
  /** What β is pooled over. */
  readonly context: ContextKind;
  /** What the network was trained with, if the model says. */
  readonly trained: "whole" | "patch" | undefined;
}

/** Tiles large enough that what they compute twice is little, and small enough for the memory of their layers. */
const AUTO_TILE = 256;

/** @throws SmxcError when the document does not say how pictures become its input, or has no such context */
export async function openDocument(
  model: { readonly name: string; readonly spec: ModelSpec; readonly weights: TensorStore | undefined },
  { context, tile = "auto", samples }: ContextOptions,
  target: Target,
  openSession: (model: ModelBytes) => Promise<Session>,
  report: Reporter = () => {},
): Promise<Network> {
  const { spec, weights } = model;
  const format = spec.image;
  if (!format) throw new SmxcError([noImage(model.name)]);
  const trained = spec.context?.kind;
  const kind = context ?? trained ?? "whole";
  const network: PartedNetwork = {
    graph: referenceGraph(spec, weights, { batch: 1, report }),
    format,
    open: async (part) => {
      const compiled = compileGraph(part, { target });
      return openSession({ name: model.name, bytes: await collect(encodeModel(compiled.model).model) });
    },
  };
  const make = async (): Promise<Restorer> => {
    if (kind === "patch") {
      if (spec.context?.kind !== "patch") throw new SmxcError([noPatchContext()]);
      return patchRestorer(network, spec.context, rowsOf(tile));
    }
    if (kind === "whole" && typeof tile !== "number") {
      return wholeRestorer(await network.open(network.graph), namesOf(network.graph), format);
    }
    const side = tile === "auto" ? AUTO_TILE : tile;
    return globalRestorer(network, {
      ...(side === "off" ? {} : { tile: side }),
      ...(samples === undefined || kind === "whole" ? {} : { samples }),
    });
  };
  return { restorer: await make(), format, context: kind, trained };
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

function rowsOf(tile: number | "auto" | "off"): number | undefined {
  if (tile === "auto") return undefined;
  return tile === "off" ? Number.MAX_SAFE_INTEGER : tile;
}

function namesOf(graph: Graph): { readonly input: string; readonly output: string } {
  return { input: graph.inputs[0]!.name, output: graph.outputs[0]!.name };
}
