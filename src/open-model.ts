/** The one way to open a model: what a file is, is asked once, and what is read of it says what it was. */

import type { ByteSource } from "./base/bytes/byte-source.js";
import { type Diagnostic, error, type Reporter, SmxcError } from "./base/diagnostics.js";
import { placeErrors } from "./base/place-errors.js";
import { openWeights } from "./files/open.js";
import { type Sample, sampleOf } from "./files/sample.js";
import { DOCUMENT_KINDS, GRAPH_KINDS, mayBeDocument, otherThan, refuseNoDocument } from "./files/wanted.js";
import type { ModelDocument, ModelSpec } from "./frontends/document/document.js";
import * as errors from "./frontends/document/errors.js";
import { type ParsedDocument, parseDocument } from "./frontends/document/parse.js";
import type { DecodedModel } from "./onnx/decode.js";
import type { TensorStore } from "./tensors/tensor.js";

/** A file that may have to be closed. */
export interface ModelFile extends ByteSource {
  close?(): Promise<void>;
}

/** A document that is no file's content, so that nothing is to be recognised: its text, or what the text says. */
export interface DocumentText {
  /** What messages call it. */
  readonly name: string;
  readonly document: string | ModelDocument;
}

interface Opened {
  /** What messages call it: on the command line, its path. */
  readonly name: string;
  /** Names of all files that were opened, the model's own first. */
  readonly files: readonly string[];
  /** Closes all of them. */
  close(): Promise<void>;
}

export interface DocumentModel extends Opened {
  readonly kind: "document";
  readonly spec: ModelSpec;
  /** Read while the model is open; undefined where there is no file of weights. */
  readonly weights: TensorStore | undefined;
  /** Runs work on the model and gives its errors their place in the document. */
  placeErrors<T>(work: () => T | Promise<T>): Promise<T>;
}

export interface GraphModel extends Opened {
  readonly kind: "graph";
  /** Large values are read from its source while the model is open. */
  readonly decoded: DecodedModel;
}

export type OpenModel = DocumentModel | GraphModel;

/** What is opened, by what is wanted. */
interface Models {
  readonly document: DocumentModel;
  readonly graph: GraphModel;
  readonly network: OpenModel;
}

export type WantedModel = keyof Models;

export type ModelOf<W extends WantedModel> = Models[W];

export interface OpenOptions {
  /**
   * Opens a document's weights.
   * @param file what the document calls them; undefined where it names none
   * @returns undefined where there are none
   */
  readonly weights?: (file: string | undefined) => Promise<ModelFile | undefined>;
  /** Receives warnings. */
  readonly report?: Reporter;
}

/** The largest document that is read, in bytes: documents are text that people write. */
const LARGEST_DOCUMENT = 2 ** 26;

/**
 * Opens a model document with its weights, or an ONNX graph, whichever the source is. The source is closed with the model,
 * or at once where it cannot be opened.
 *
 * @param wanted `network` takes both
 * @throws SmxcError where the source is something else, with what it is; with everything that is wrong with the document;
 *   where the weights are not those that it names; as `decodeGraph`
 */
export async function openModel<W extends WantedModel>(
  source: ModelFile | DocumentText,
  wanted: W,
  options: OpenOptions = {},
): Promise<ModelOf<W>> {
  return (await openEither(source, wanted, options)) as ModelOf<W>;
}

async function openEither(
  source: ModelFile | DocumentText,
  wanted: WantedModel,
  options: OpenOptions,
): Promise<OpenModel> {
  if ("document" in source) {
    const { name, document } = source;
    const text = typeof document === "string" ? document : JSON.stringify(document);
    return openDocument(name, parseDocument(text, name), options);
  }
  return closingOnError(source, async () => {
    if (KIND_OF[wanted](await sampleOf(source)) === "graph") return openGraph(source);
    const parsed = parseDocument(await readDocument(source), source.name);
    const model = await openDocument(source.name, parsed, options);
    await source.close?.();
    return model;
  });
}

/** What a source is opened as. */
const KIND_OF: Readonly<Record<WantedModel, (sample: Sample) => OpenModel["kind"]>> = {
  document: (sample) => {
    refuseNoDocument(sample);
    return "document";
  },
  // Its reader looks at what it cannot read.
  graph: () => "graph",
  network: (sample) => {
    if (mayBeDocument(sample)) return "document";
    const other = otherThan(sample, "network", [...DOCUMENT_KINDS, ...GRAPH_KINDS]);
    if (other !== undefined) throw new SmxcError([other]);
    return "graph";
  },
};

async function openGraph(source: ModelFile): Promise<GraphModel> {
  const { decodeGraph } = await import("./onnx/decode.js");
  return {
    kind: "graph",
    name: source.name,
    decoded: await decodeGraph(source),
    files: [source.name],
    close: async () => source.close?.(),
  };
}

async function openDocument(
  name: string,
  { spec, place }: ParsedDocument,
  { weights: find = async () => undefined, report }: OpenOptions,
): Promise<DocumentModel> {
  const placed = <T>(work: () => T | Promise<T>): Promise<T> => placeErrors(place, work);
  const source = await placed(() => find(spec.weights?.file));
  const model = { kind: "document", name, spec, placeErrors: placed } as const;
  if (source === undefined) return { ...model, weights: undefined, files: [name], close: async () => {} };
  return closingOnError(source, () =>
    placed(async () => {
      await checkSum(source, spec.weights?.sha256);
      const weights = await openWeights(source, report ? { report } : {});
      return { ...model, weights, files: [name, source.name], close: async () => source.close?.() };
    }),
  );
}

async function checkSum(weights: ByteSource, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const found = await weights.sha256();
  if (found !== expected) throw new SmxcError([{ ...errors.wrongChecksum(expected, found), place: weights.name }]);
}

async function readDocument(source: ByteSource): Promise<Uint8Array> {
  if (source.size > LARGEST_DOCUMENT) throw new SmxcError([tooLarge(source)]);
  return source.read(0, source.size);
}

async function closingOnError<T>(source: ModelFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    await source.close?.();
    throw cause;
  }
}

function tooLarge({ name, size }: ByteSource): Diagnostic {
  return error(
    "document/too-large",
    `a model document of ${size} bytes is larger than the limit of ${LARGEST_DOCUMENT}`,
    { file: name, hint: "check whether this is the weights file; name the model.json that smxc import wrote" },
  );
}
