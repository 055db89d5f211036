import { openFileSource } from "../../src/base/bytes/file-source-node.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { sampleOf } from "../../src/files/sample.js";
import { DOCUMENT_KINDS, GRAPH_KINDS, mayBeDocument, otherThan } from "../../src/files/wanted.js";
import type { Target } from "../../src/lowerings/targets.js";
import { readMetadata } from "../../src/metadata.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { type Signature, signatureOf } from "../../src/onnx/signature.js";
import { type ContextOptions, type Network, openGraph } from "../../src/restore/network.js";
import { openDocument } from "../../src/restore/open-document.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import type { Output } from "../terminal/output.js";
import { findMixedPair } from "./external-data.js";
import { loadModel } from "./load-model.js";

/** A network that is ready to restore pictures, from a document or from a graph. */
export interface OpenNetwork extends Network {
  /** The files behind it: none of them may be an output. */
  readonly files: readonly string[];
  close(): Promise<void>;
}

/** Opens `model.json`, which is compiled in memory, or `model.onnx`. @throws SmxcError as `isDocument` */
export async function openNetwork(
  path: string,
  options: ContextOptions & { readonly target: Target },
  output: Output,
): Promise<OpenNetwork> {
  return (await isDocument(path)) ? openModel(path, options, output) : openOnnx(path, options);
}

/**
 * Whether a file is a model document, or else a graph.
 * @throws SmxcError `onnx/unknown-format` where it is known to be something else
 */
export async function isDocument(path: string): Promise<boolean> {
  const source = await openFileSource(path);
  try {
    const sample = await sampleOf(source);
    const other = otherThan(sample, "network", [...DOCUMENT_KINDS, ...GRAPH_KINDS]);
    if (other !== undefined && !mayBeDocument(sample)) throw new SmxcError([other]);
    return mayBeDocument(sample);
  } finally {
    await source.close();
  }
}

/** The weights stay open: parts of the network are compiled when they are needed. */
async function openModel(
  path: string,
  { target, ...options }: ContextOptions & { readonly target: Target },
  output: Output,
): Promise<OpenNetwork> {
  const model = await loadModel(path, output.report);
  try {
    const network = await model.placeErrors(() =>
      openDocument(
        { name: path, spec: model.spec, weights: model.weights },
        options,
        target,
        (bytes) => createNodeSession(bytes, { target }),
        output.report,
      ),
    );
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

async function openOnnx(
  path: string,
  { target, ...options }: ContextOptions & { readonly target: Target },
): Promise<OpenNetwork> {
  const signature = await readSignature(path);
  const mixed = await findMixedPair(path, signature);
  if (mixed) throw new SmxcError([mixed]);
  const session = await createNodeSession(path, { target });
  try {
    const network = openGraph(path, session, readMetadata(signature.metadata), options);
    return { ...network, files: [path], close: () => network.restorer.release() };
  } catch (cause) {
    await session.release();
    throw cause;
  }
}

export async function readSignature(path: string): Promise<Signature> {
  const source = await openFileSource(path);
  try {
    return signatureOf((await decodeGraph(source)).message);
  } finally {
    await source.close();
  }
}
