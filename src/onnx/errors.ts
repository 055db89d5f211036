import { error, SmxcError } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import type { WireFault } from "./read/wire-fault.js";

/** Protobuf's limit: readers refuse longer messages. */
export const MODEL_BYTE_LIMIT = 2 ** 31 - 1;

export function modelTooLarge(length: number): SmxcError {
  return new SmxcError([
    error(
      "onnx/model-too-large",
      `the model file would have ${length} bytes; protobuf allows at most ${MODEL_BYTE_LIMIT}`,
      {
        ...remedy`write the weights to a separate file (${{ library: "smxc compile --external-data, or writeModelWithData of smxc/onnx", flag: "--external-data" }})`,
      },
    ),
  ]);
}

/** A finite weight that float16 (largest 65504) turns into an infinity. */
export function float16Overflow(tensor: string, index: number, value: number): SmxcError {
  return new SmxcError([
    error("onnx/float16-overflow", `element ${index} of ${tensor} is ${value}, beyond float16's largest value 65504`, {
      place: tensor,
      ...remedy`compile with ${option("dtype", "float32")}`,
    }),
  ]);
}

/** Bytes that are not a protobuf message. */
export function malformedFile(file: string, fault: WireFault): SmxcError {
  const at = fault.path.length === 0 ? "" : `, ${fault.path.join(".")}`;
  return new SmxcError([
    error(fault.code, `not an ONNX file: ${fault.message}`, {
      file,
      place: `byte ${fault.offset}${at}`,
      hint: "copy or export the file again; it may be cut off or damaged",
    }),
  ]);
}

/** Many files of other kinds can be read as a message, whose fields ONNX does not know. */
export function noGraph(file: string): SmxcError {
  return new SmxcError([
    error("onnx/no-graph", "not an ONNX model: it has no graph", {
      file,
      place: "graph",
      hint: "name the .onnx file that a compile or an export wrote",
    }),
  ]);
}
