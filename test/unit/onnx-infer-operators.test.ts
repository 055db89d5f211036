/** Inference of single nodes: what comes out, and what is refused. Values from onnx 1.23.1 (`infer_shapes`, strict). */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type AttributeProtoSchema, AttributeProto_AttributeType as AttributeType, ModelProtoSchema } from "onnx-buf";
import { expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { inferModel } from "../../src/onnx/infer/infer-model.js";
import { showType } from "../../src/onnx/infer/type-info.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";

type AttributeInit = MessageInitShape<typeof AttributeProtoSchema>;
type Size = number | string;
/** A tensor of floats, or a vector of integers that is a constant. */
type Input = readonly Size[] | { readonly ints: readonly number[] };

const int = (name: string, i: number): AttributeInit => ({ name, type: AttributeType.INT, i: BigInt(i) });
const ints = (name: string, ...values: readonly number[]): AttributeInit => ({
  name,
  type: AttributeType.INTS,
  ints: values.map(BigInt),
});
const floats = (name: string, ...values: readonly number[]): AttributeInit => ({
  name,
  type: AttributeType.FLOATS,
  floats: [...values],
});
const equation = (text: string): AttributeInit => ({
  name: "equation",
  type: AttributeType.STRING,
  s: new TextEncoder().encode(text),
});

/** The type of the first output, or what is refused. */
async function inferred(
  opType: string,
  version: number,
  inputs: readonly Input[],
  attribute: readonly AttributeInit[],
) {
  const names = inputs.map((_, i) => `i${i}`);
  const dim = (size: Size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } };
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: BigInt(version) }],
    graph: {
      name: "g",
      node: [{ opType, input: names, output: ["y"], attribute: [...attribute] as never }],
      input: inputs.flatMap((given, i) =>
        "ints" in given
          ? []
          : [
              {
                name: names[i]!,
                type: { value: { case: "tensorType", value: { elemType: 1, shape: { dim: given.map(dim) } } } },
              },
            ],
      ) as never,
      initializer: inputs.flatMap((given, i) =>
        "ints" in given
          ? [{ name: names[i]!, dataType: 7, dims: [BigInt(given.ints.length)], int64Data: given.ints.map(BigInt) }]
          : [],
      ),
    },
  });
  const bytes = toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
  const faults: string[] = [];
  const types = inferModel((await decodeModel(bytesSource("m", bytes))).message, await loadSchemas(), {
    propagates: false,
    listener: {
      contradiction: (_, __, message) => faults.push(message),
      notInferred: () => faults.push("not inferred"),
    },
  });
  const type = types.get("y");
  return faults.length > 0 ? faults.join() : type === undefined ? "" : showType(type);
}

it.each<[string, number, readonly Input[], readonly AttributeInit[], string | RegExp]>([
  [
    "Einsum",
    12,
    [
      [2, 3],
      [3, 4],
    ],
    [equation("ij, jk -> ik")],
    "tensor(float)[2, 4]",
  ],
  [
    "Einsum",
    12,
    [
      ["N", 3, 4],
      ["N", 4, 5],
    ],
    [equation("...ij,...jk")],
    "tensor(float)[N, 3, 5]",
  ],
  [
    "Einsum",
    12,
    [
      [1, 2, 3],
      [7, 2, 3],
    ],
    [equation("...ij,...ij->...")],
    "tensor(float)[7]",
  ],
  ["Einsum", 12, [[3, 3]], [equation("ii")], "tensor(float)[]"],
  ["Einsum", 12, [[2, 3]], [equation("bA")], "tensor(float)[3, 2]"],
  ["Einsum", 12, [[2, 3]], [equation("ijk->i")], /rank 2, its subscripts are "ijk"/],
  ["Einsum", 12, [[2, 3]], [equation("ij,jk->i")], /2 operands, the node 1 inputs/],
  [
    "Einsum",
    12,
    [
      [2, 3, 4],
      [2, 3],
    ],
    [equation("...i,...i->...")],
    /ellipses differ in rank/,
  ],
  [
    "NonMaxSuppression",
    11,
    [
      [1, 9, 4],
      [1, 2, 9],
    ],
    [],
    "tensor(int64)[?, 3]",
  ],
  ["Upsample", 7, [[1, 3, 4, 5]], [floats("scales", 1, 1, 1.5, 2)], "tensor(float)[1, 3, 6, 10]"],
  ["Upsample", 7, [[1, 3, 4, 5]], [floats("scales", 1, 1, 1e30, 2)], /overflows 64 bits/],
  ["Det", 11, [["N", 3, 3]], [], "tensor(float)[N]"],
  ["Det", 11, [[2, 3]], [], /no determinant/],
  ["Det", 11, [[3]], [], /not a matrix/],
  ["Col2Im", 18, [[1, 5, 5], { ints: [5, 5] }, { ints: [1, 5] }], [], "tensor(float)[1, 1, 5, 5]"],
  ["Col2Im", 18, [["N", "C", "L"], { ints: [5, 5] }, { ints: [1, 5] }], [], "tensor(float)[N, ?, 5, 5]"],
  ["Col2Im", 18, [[1, 5, 5], { ints: [5, 5] }, { ints: [0, 5] }], [], /block is 0 by 5/],
  ["Col2Im", 18, [[1, 5, 5], { ints: [5] }, { ints: [1, 5] }], [], /1 in one place and 2 in another/],
  ["Col2Im", 18, [[1, 5, 5], { ints: [5, 5] }, { ints: [1, 5] }], [ints("pads", 1, 0, 0)], /odd number/],
  [
    "Attention",
    23,
    [
      [2, 3, 4, 8],
      [2, 3, 6, 8],
      [2, 3, 6, 5],
    ],
    [],
    "tensor(float)[2, 3, 4, 5]",
  ],
  [
    "Attention",
    23,
    [
      ["N", 4, 24],
      ["N", 6, 12],
      ["N", 6, 10],
    ],
    [int("q_num_heads", 4), int("kv_num_heads", 2)],
    "tensor(float)[N, 4, 20]",
  ],
  [
    "Attention",
    23,
    [
      [1, 4, 24],
      [1, 6, 12],
      [1, 6, 10],
    ],
    [int("q_num_heads", 4)],
    /kv_num_heads is missing/,
  ],
  [
    "Attention",
    23,
    [
      [1, 4, 24],
      [1, 6, 12],
      [1, 6, 10],
    ],
    [int("q_num_heads", 4), int("kv_num_heads", 0)],
    /0 of keys/,
  ],
  [
    "Attention",
    25,
    [
      [2, 3, 4, 8],
      [2, 3, 6, 8],
      [2, 3, 6, 5],
    ],
    [int("q_num_heads", 3)],
    /rank 4, which has them/,
  ],
  [
    "Attention",
    23,
    [
      [2, 3],
      [2, 3, 6, 8],
      [2, 3, 6, 5],
    ],
    [],
    /query is neither of rank 3 nor/,
  ],
  [
    "MaxPool",
    12,
    [["N", 3, "H", "W"]],
    [ints("kernel_shape", 3, 3), ints("pads", 1, 1, 1, 1)],
    "tensor(float)[N, 3, H, W]",
  ],
  [
    "MaxPool",
    12,
    [["N", 3, "H", "W"]],
    [ints("kernel_shape", 2, 2), ints("strides", 2, 2)],
    "tensor(float)[N, 3, ?, ?]",
  ],
])("%s %i of %j", async (opType, version, inputs, attributes, expected) => {
  const found = await inferred(opType, version, inputs, attributes);
  if (typeof expected === "string") expect(found).toBe(expected);
  else expect(found).toMatch(expected);
});

it("does not believe a vector that claims a billion sizes", async () => {
  expect(await inferred("Col2Im", 18, [[1, 5, 5], [1e9], [1e9]], [])).toMatch(/float/);
});
