/**
 * ONNX files to records: every field of ONNX 1.23.1, unknown fields kept, large values left in the file, so that
 * memory is bounded by the graph and not by its weights.
 */

import type { ByteSource } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { GRAPH_KINDS, refuseOther } from "../files/wanted.js";
import { malformedFile, noGraph } from "./errors.js";
import { FileBytes } from "./graph/blob.js";
import type { MessageName } from "./graph/messages.js";
import type { Message, ModelWithGraph } from "./graph/records.js";
import { compiledMessage } from "./read/draft.js";
import { FileWindow, WINDOW_BYTES } from "./read/file-window.js";
import { LargeMessageReader } from "./read/read-large.js";
import type { WireNote } from "./read/read-scalar.js";
import { WireFault } from "./read/wire-fault.js";

export interface Decoded<N extends MessageName> {
  readonly message: Message<N>;
  /** The file: the record's larger values are still there. */
  readonly source: ByteSource;
  /** What protobuf's own parsers let pass. */
  readonly notes: readonly WireNote[];
  /** What follows the message's end (a tag 0, where protobuf's parsers stop); null when nothing does. */
  readonly trailing: FileBytes | null;
}

export type DecodedModel = Decoded<"ModelProto">;

export interface DecodeOptions {
  /** Part of the file in memory at a time, in bytes. */
  readonly windowBytes?: number;
}

/**
 * @throws SmxcError with one of the codes `onnx/wire-*`: the byte offset and the way to the message, as
 *   `byte 128, graph.node[12].attribute[0]`.
 */
export async function decodeModel(source: ByteSource, options: DecodeOptions = {}): Promise<DecodedModel> {
  return decodeMessage(source, "ModelProto", options);
}

/**
 * Decodes a file that someone named as an ONNX file. Many files of other kinds can be read as a message, whose fields ONNX
 * does not know: what has no graph is looked at again.
 *
 * @throws SmxcError `onnx/unknown-format` where the file is known to be something else; as `decodeModel`.
 */
export async function decodeFile(source: ByteSource): Promise<DecodedModel> {
  const decoded = await decodeModel(source).catch(async (cause: unknown) => {
    if (cause instanceof SmxcError && cause.kind === "invalid") await refuseOther(source, "graph", GRAPH_KINDS);
    throw cause;
  });
  if (!decoded.message.graph) await refuseOther(source, "graph", GRAPH_KINDS);
  return decoded;
}

/**
 * Decodes a model whose graph is to be used, not only checked.
 * @throws SmxcError as `decodeFile`, and `onnx/no-graph`.
 */
export async function decodeGraph(source: ByteSource): Promise<DecodedModel & { readonly message: ModelWithGraph }> {
  const decoded = await decodeFile(source);
  const { message } = decoded;
  if (message.graph === undefined) throw noGraph(source.name);
  return { ...decoded, message: { ...message, graph: message.graph } };
}

/** Decodes a file that holds another message than a model, such as the tensors of ONNX's test data. */
export async function decodeMessage<N extends MessageName>(
  source: ByteSource,
  name: N,
  options: DecodeOptions = {},
): Promise<Decoded<N>> {
  const notes: WireNote[] = [];
  const message = compiledMessage(name);
  const draft = { ...message.empty };
  const reader = new LargeMessageReader(new FileWindow(source, options.windowBytes ?? WINDOW_BYTES), notes);
  const end = await reader.readOutermost(message, draft).catch((fault: unknown) => {
    throw asSmxcError(fault, source);
  });
  const trailing = end < source.size ? new FileBytes(source, end, source.size - end, null) : null;
  return { message: draft as unknown as Message<N>, source, notes, trailing };
}

function asSmxcError(fault: unknown, source: ByteSource): unknown {
  return fault instanceof WireFault ? malformedFile(source.name, fault) : fault;
}
