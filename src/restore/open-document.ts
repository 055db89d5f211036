/** A network from its document: what the context needs is compiled. */

import { collect } from "../base/bytes/byte-source.js";
import { type Reporter, SmxcError } from "../base/diagnostics.js";
import { compileGraph, referenceGraph } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import type { ModelSpec } from "../frontends/document/document.js";
import type { Graph } from "../ir/graph.js";
import type { Target } from "../lowerings/targets.js";
import { encodeModel } from "../onnx/encode.js";
import type { CorePlan, SessionUse } from "../sessions/cores.js";
import type { ModelBytes, Session } from "../sessions/session.js";
import type { TensorStore } from "../tensors/tensor.js";
import { noPatchContext } from "../tiling/errors.js";
import { UNKNOWN_MEMORY } from "./cost/memory.js";
import { documentRestorer } from "./document-restorer.js";
import { documentFormat, noImage, otherDocumentInputs } from "./errors.js";
import type { ContextOptions, Network } from "./network.js";
import { globalRestorer } from "./restore-global.js";
import { patchRestorer } from "./restore-patches.js";
import type { PartedNetwork, Restorer } from "./restorer.js";

/**
 * @param plan threads of the sessions, for which graphs are compiled; absent: one
 * @throws SmxcError when the document does not say how pictures become its input, or has no such context
 */
export async function openDocument(
  model: { readonly name: string; readonly spec: ModelSpec; readonly weights: TensorStore | undefined },
  options: ContextOptions,
  target: Target,
  openSession: (model: ModelBytes, use: SessionUse) => Promise<Session>,
  report: Reporter = () => {},
  plan?: CorePlan,
): Promise<Network> {
  const { context, tile = "auto", samples, openScratch, exposeBeta, picture = {}, memory = UNKNOWN_MEMORY } = options;
  const { spec, weights } = model;
  const format = spec.image;
  if (Object.keys(picture).length > 0) throw new SmxcError([documentFormat(model.name)]);
  if (!format) throw new SmxcError([noImage(model.name)]);
  const [main, ...others] = spec.inputs.map(({ name }) => name);
  if (others.length > 0) throw new SmxcError([otherDocumentInputs(model.name, main!, others)]);
  const trained = spec.context?.kind;
  const kind = context === "trained" ? (trained ?? "whole") : (context ?? (samples === undefined ? "whole" : "global"));
  const openPart = async (part: Graph, use: SessionUse, lowering: LoweringOptions): Promise<Session> => {
    const compiled = compileGraph(part, { target, threads: plan?.[use].threads ?? 1, ...lowering });
    return openSession({ name: model.name, bytes: await collect(encodeModel(compiled.model).model) }, use);
  };
  const network: PartedNetwork = {
    graph: referenceGraph(spec, weights, { batch: 1, report, ...(exposeBeta ? { exposeBeta } : {}) }),
    format,
    open: (part, use = "parts") => openPart(part, use, {}),
    openStage: (part) => openPart(part, "parts", { winograd: false }),
  };
  const make = async (): Promise<Restorer> => {
    if (kind === "patch") {
      if (spec.context?.kind !== "patch") throw new SmxcError([noPatchContext()]);
      return patchRestorer(network, spec.context, rowsOf(tile));
    }
    if (kind === "whole" && typeof tile !== "number") {
      return documentRestorer(network, {
        target,
        plan,
        memory,
        openScratch,
        forcesWhole: context === "whole" || tile === "off",
      });
    }
    return globalRestorer(network, {
      // One piece, whatever it takes.
      memory: tile === "off" ? Number.POSITIVE_INFINITY : memory,
      ...(typeof tile === "number" ? { tile } : {}),
      ...(samples === undefined ? {} : { samples }),
      ...(openScratch === undefined ? {} : { openScratch }),
    });
  };
  return { restorer: await make(), format, context: kind, trained };
}

function rowsOf(tile: number | "auto" | "off"): number | undefined {
  if (tile === "auto") return undefined;
  return tile === "off" ? Number.MAX_SAFE_INTEGER : tile;
}
