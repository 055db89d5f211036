/** The runtime package's front: networks that restore pictures, in Node and in browsers. */

import { type Bytes, sourceOf } from "../base/bytes/bytes.js";
import type { Reporter } from "../base/diagnostics.js";
import { asLibrary, libraryReporter } from "../base/remedy.js";
import { type DocumentInput, openGiven } from "../model-input.js";
import { openModel } from "../open-model.js";
import type { Image } from "../pictures/image.js";
import type { CoreOptions, CorePlan, SessionUse } from "../sessions/cores.js";
import type { ModelBytes, Session, SessionOptions } from "../sessions/session.js";
import { type ContextOptions, graphSessions, type Network, openGraph } from "./network.js";
import { type Restored, type RestoreOptions, restorePicture } from "./restore.js";
import type { PictureFormat } from "./restorer.js";
import { resultSizeOf } from "./result-size.js";
import type { Size } from "./tiles.js";

/** A compiled graph, or a model document with its weights. Of a document, `load` compiles what the context needs. */
export type ModelInput =
  | { readonly graph: Uint8Array; readonly name?: string }
  | { readonly document: DocumentInput; readonly weights?: Bytes; readonly name?: string };

export interface LoadOptions extends ContextOptions, CoreOptions {
  /** Receives warnings. */
  readonly report?: Reporter;
}

/** A network that is ready to restore pictures. */
export interface LoadedNetwork extends Omit<Network, "restorer"> {
  /** How pictures become the network's input, and how much larger its output is. */
  readonly format: PictureFormat;
  /** The execution provider: the requested one, or the best of this browser. */
  readonly target: SessionOptions["target"];
  /** Workers and threads: for parts of pictures, and for a picture in one piece. */
  readonly cores: CorePlan;
  /** The size of the result in pixels, without running the network. */
  resultSize(picture: Size): Size;
  /**
   * Restores a picture.
   *
   * @throws SmxcError; the reason of `options.signal` when that is aborted
   */
  restore(image: Image, options?: RestoreOptions): Promise<Restored>;
  /** Frees memory. Do not use the network afterwards. */
  release(): Promise<void>;
}

/** What opens the sessions of a network, and what ends them. */
export interface LoadHost {
  readonly plan: CorePlan;
  open(model: ModelBytes, use: SessionUse): Promise<Session>;
  release(): Promise<void>;
}

/** @throws SmxcError with everything that is wrong with the model or the options */
export async function loadWith(
  model: ModelInput,
  target: SessionOptions["target"],
  options: LoadOptions,
  host: LoadHost,
): Promise<LoadedNetwork> {
  const reporting = { ...options, ...libraryReporter(options.report) };
  const { restorer, ...network } = await asLibrary(async () => {
    try {
      return await openNetwork(model, target, reporting, host);
    } catch (cause) {
      await host.release();
      throw cause;
    }
  });
  return {
    ...network,
    target,
    cores: host.plan,
    resultSize: (picture) => resultSizeOf(network.format, picture),
    restore: (image, each) => asLibrary(() => restorePicture({ restorer, ...network }, image, each)),
    release: async () => {
      await restorer.release();
      await host.release();
    },
  };
}

async function openNetwork(
  model: ModelInput,
  target: SessionOptions["target"],
  options: LoadOptions,
  { open, plan }: LoadHost,
): Promise<Network> {
  if ("graph" in model) {
    const name = model.name ?? "model.onnx";
    const { decoded } = await openModel(sourceOf(name, model.graph), "graph");
    const bytes = { name, bytes: model.graph };
    const sessions = await graphSessions(plan, options, (use) => open(bytes, use));
    try {
      return await openGraph(
        {
          name,
          model: decoded.message,
          ...sessions,
          plan,
          target,
          ...(options.report ? { report: options.report } : {}),
        },
        options,
      );
    } catch (cause) {
      await sessions.session.release();
      throw cause;
    }
  }
  const name = model.name ?? "model.json";
  // The compiler is loaded for documents only.
  const { openDocument } = await import("./open-document.js");
  const opened = await openGiven(model.document, model.weights, options.report, name);
  return opened.placeErrors(() => openDocument(opened, options, target, open, options.report, plan));
}
