import { graph, model, record } from "./graph/build.js";
import { messageBytes } from "./write/write-message.js";

/**
 * Bytes that make further values of a graph its outputs when they are appended to the model's file: protobuf merges a
 * message field that comes twice, so nothing of the file needs to be read or written anew (protobuf encoding, "Last
 * One Wins"; embedded messages are merged).
 */
export function showValues(names: readonly string[]): Uint8Array {
  const output = names.map((name) => record("ValueInfoProto", { name }));
  return messageBytes("ModelProto", model({ graph: graph({ output }) }));
}
