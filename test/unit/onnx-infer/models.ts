/** Models as messages, and the types that are inferred in them. */
import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, type ModelProto, ModelProtoSchema } from "onnx-buf";
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../../src/onnx/decode.js";
import { type InferModelOptions, inferModel } from "../../../src/onnx/infer/infer-model.js";
import { showType } from "../../../src/onnx/infer/type-info.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";

export type Init = Parameters<typeof create<typeof ModelProtoSchema>>[1];
type Size = string | number | null;

export const FLOAT = 1;
const INT64 = 7;

function dim(size: Size) {
  if (size === null) return {};
  return {
    value:
      typeof size === "string"
        ? ({ case: "dimParam", value: size } as const)
        : ({ case: "dimValue", value: BigInt(size) } as const),
  };
}

export function value(name: string, sizes: readonly Size[], elemType = FLOAT) {
  return {
    name,
    type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim: sizes.map(dim) } } } },
  };
}

export function untyped(name: string) {
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: FLOAT } } } };
}

export function ints(name: string, ...values: readonly number[]) {
  return { name, dataType: INT64, dims: [BigInt(values.length)], int64Data: values.map(BigInt) };
}

export function int(name: string, i: number) {
  return { name, type: AttributeType.INT, i: BigInt(i) };
}

export function bytesOf(init: Init): Uint8Array<ArrayBuffer> {
  const model: ModelProto = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: 17n }],
    ...init,
  });
  return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
}

export async function infer(init: Init, options: InferModelOptions = {}): Promise<Record<string, string>> {
  const { message } = await decodeModel(bytesSource("m", bytesOf(init)));
  const types = inferModel(message, await loadSchemas(), options);
  return Object.fromEntries(Array.from(types, ([name, type]) => [name, showType(type)]));
}

/** x [N, 6, H, W] reshaped to what Shape, Gather, arithmetic and Concat make of its sizes. */
export const split: Init = {
  graph: {
    name: "g",
    input: [value("x", ["N", 6, "H", "W"])],
    initializer: [ints("zero", 0), ints("one", 1), ints("two", 2), ints("three", 3), ints("open", -1)],
    node: [
      { opType: "Shape", input: ["x"], output: ["shape"] },
      { opType: "Gather", input: ["shape", "zero"], output: ["n"], attribute: [int("axis", 0)] },
      { opType: "Gather", input: ["shape", "one"], output: ["c"], attribute: [int("axis", 0)] },
      { opType: "Div", input: ["c", "two"], output: ["half"] },
      { opType: "Slice", input: ["shape", "two", "open"], output: ["h"] },
      { opType: "Concat", input: ["n", "two", "half", "h", "open"], output: ["sizes"], attribute: [int("axis", 0)] },
      { opType: "Reshape", input: ["x", "sizes"], output: ["y"] },
    ],
    output: [untyped("y")],
  },
};
