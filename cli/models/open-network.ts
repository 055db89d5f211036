import { SmxcError } from "../../src/base/diagnostics.js";
import type { Target } from "../../src/lowerings/targets.js";
import { readMetadata } from "../../src/metadata.js";
import { signatureOf } from "../../src/onnx/signature.js";
import type { DocumentModel, GraphModel, OpenModel } from "../../src/open-model.js";
import { type ContextOptions, type Network, openGraph } from "../../src/restore/network.js";
import { openDocument } from "../../src/restore/open-document.js";
import type { PictureFormat } from "../../src/restore/restorer.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { Output } from "../terminal/output.js";
import { findMixedPair } from "./external-data.js";
import { openModelFile } from "./open-model.js";

/** A network that is ready to restore pictures, from a document or from a graph. */
export interface OpenNetwork extends Network {
  /** The files behind it: none of them may be an output. */
  readonly files: readonly string[];
  close(): Promise<void>;
}

type Told = Pick<Output, "report" | "note">;

type NetworkOptions = ContextOptions & { readonly target: Target };

/** @throws SmxcError as `openModelFile` and `openNetwork` */
export async function openNetworkFile(path: string, options: NetworkOptions, output: Told): Promise<OpenNetwork> {
  return openNetwork(await openModelFile(path, "network", output.report), options, output);
}

/**
 * Makes a model ready to run: a document is compiled in memory. The model stays open as long as the network, since parts
 * are compiled when they are needed; where it cannot be run it is closed.
 */
export async function openNetwork(model: OpenModel, options: NetworkOptions, output: Told): Promise<OpenNetwork> {
  try {
    const network = await (model.kind === "document"
      ? ofDocument(model, options, output)
      : ofGraph(model, options, output));
    return {
      ...network,
      files: model.files,
      close: async () => {
        await network.restorer.release();
        await model.close();
      },
    };
  } catch (cause) {
    await model.close();
    throw cause;
  }
}

async function ofDocument(
  model: DocumentModel,
  { target, ...options }: NetworkOptions,
  { report }: Told,
): Promise<Network> {
  return model.placeErrors(() =>
    openDocument(model, options, target, (bytes) => createNodeSession(bytes, { target }), report),
  );
}

async function ofGraph(
  { name, decoded }: GraphModel,
  { target, ...options }: NetworkOptions,
  { report, note }: Told,
): Promise<Network> {
  const signature = signatureOf(decoded.message);
  const mixed = await findMixedPair(name, signature);
  if (mixed) throw new SmxcError([mixed]);
  const session = await createNodeSession(name, { target });
  try {
    const network = await openGraph({ name, model: decoded.message, session, report }, options);
    const isTold = options.picture?.range !== undefined || readMetadata(signature.metadata)?.image !== undefined;
    if (!isTold) note(assumed(network.format));
    return network;
  } catch (cause) {
    await session.release();
    throw cause;
  }
}

function assumed({ color, scale }: PictureFormat): string {
  return `the graph does not say what it takes: ${color === "gray" ? "grey" : color} from 0 to 1 is taken, and the result is ${scale} times as large; --range and --color say otherwise`;
}
