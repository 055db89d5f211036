import pkg from "onnx-proto";

const { onnx } = pkg;

/**
 * Bytes that make further values of a graph its outputs when they are appended to the model's file: protobuf merges a
 * message field that comes twice, so nothing of the file needs to be read or written anew (protobuf encoding, "Last
 * One Wins"; embedded messages are merged).
 */
export function showValues(names: readonly string[]): Uint8Array {
  return onnx.ModelProto.encode({ graph: { output: names.map((name) => ({ name })) } }).finish();
}
