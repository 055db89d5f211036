/** Node's Buffers are Uint8Arrays, but their `slice` and `subarray` share memory: what reads them must not mind. */
import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { HeldBytes } from "../../src/onnx/graph/blob.js";
import * as build from "../../src/onnx/graph/build.js";
import { floatsOf } from "../../src/onnx/read/floats-of.js";

const VALUES = Float32Array.of(1, -2, 0.5);

/** Initializers of which one is sparse, at whatever addresses. */
const MODEL = build.model({
  ir_version: 8,
  opset_import: [build.opset(17)],
  graph: build.graph({
    name: "g",
    input: [build.valueInfo("x", "FLOAT", [3])],
    output: [build.valueInfo("y", "FLOAT", [3])],
    node: [build.node("Add", ["x", "w"], ["y"])],
    initializer: [build.floatTensor("w", "FLOAT", { shape: [3], read: async () => VALUES })],
    sparse_initializer: [
      build.record("SparseTensorProto", {
        dims: [3],
        values: build.floatTensor("s", "FLOAT", { shape: [2], read: async () => VALUES.subarray(1) }),
        indices: build.intTensor("", [2], [0, 2]),
      }),
    ],
  }),
});

/** The bytes at an address that is this far from a multiple of 8. */
function shifted(bytes: Uint8Array, offset: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.from(new ArrayBuffer(bytes.length + offset), offset);
  buffer.set(bytes);
  return buffer;
}

describe.each([0, 1, 2, 3, 4, 5, 6, 7])("a Buffer %i bytes off", (offset) => {
  it("is read as a model", async () => {
    const source = bytesSource("m", shifted(await collect(encodeModel(MODEL).model), offset));
    expect(await checkFile(source)).toEqual([]);
    const { initializer } = (await decodeGraph(source)).message.graph;
    expect(await floatsOf(initializer[0]!)!.read()).toEqual(VALUES);
  });

  it("holds the values of a tensor", async () => {
    const bytes = shifted(new Uint8Array(VALUES.buffer), offset);
    const tensor = build.tensor("w", "FLOAT", [3], new HeldBytes(bytes));
    expect(await floatsOf(tensor)!.read()).toEqual(VALUES);
  });
});
