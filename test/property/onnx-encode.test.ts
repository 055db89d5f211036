import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  AttributeProto_AttributeType,
  type AttributeProto as BufAttribute,
  type GraphProto as BufGraph,
  type ValueInfoProto as BufValueInfo,
  ModelProtoSchema,
  TensorProto_DataType,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { encodeModel } from "../../src/onnx/encode.js";
import type {
  Attribute,
  DataType,
  Dimension,
  Initializer,
  OnnxGraph,
  OnnxModel,
  ValueInfo,
} from "../../src/onnx/model.js";

/** A model as comparable data: initializers as their float32 or int64 values, attributes in order. */
type Plain = string | number | null | readonly Plain[];

const text = fc.string({ unit: "grapheme", maxLength: 6 });
const int64 = fc.maxSafeInteger();
const float32 = fc.float({ noNaN: true });

const initializer: fc.Arbitrary<Initializer> = fc.oneof(
  fc
    .tuple(text, fc.array(int64, { maxLength: 4 }))
    .map(([name, values]): Initializer => ({ name, data_type: "INT64", dims: [values.length], values })),
  fc.tuple(text, fc.array(float32, { maxLength: 300 })).map(([name, values]): Initializer => {
    const data = Float32Array.from(values);
    return { name, data_type: "FLOAT", dims: [data.length], data: { shape: [data.length], read: async () => data } };
  }),
);

const elementType = fc.constantFrom<DataType>("FLOAT", "FLOAT16", "INT64", "BOOL", "DOUBLE", "INT32");
const dimension: fc.Arbitrary<Dimension> = fc.oneof(fc.nat(), text, fc.constant(null));
const valueInfo: fc.Arbitrary<ValueInfo> = fc.record({
  name: text,
  type: fc.oneof(
    fc.record({ elem_type: elementType }),
    fc.record({ elem_type: elementType, shape: fc.array(dimension, { maxLength: 4 }) }),
  ),
});

const { graph } = fc.letrec<{ graph: OnnxGraph; attribute: Attribute }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: "small" },
    fc.record({ type: fc.constant("INT"), value: int64 }),
    fc.record({ type: fc.constant("FLOAT"), value: float32 }),
    fc.record({ type: fc.constant("STRING"), value: text }),
    fc.record({ type: fc.constant("INTS"), value: fc.array(int64, { maxLength: 3 }) }),
    fc.record({ type: fc.constant("FLOATS"), value: fc.array(float32, { maxLength: 3 }) }),
    fc.record({ type: fc.constant("STRINGS"), value: fc.array(text, { maxLength: 3 }) }),
    fc.record({ type: fc.constant("GRAPH"), value: tie("graph") }),
  ) as fc.Arbitrary<Attribute>,
  graph: fc.record({
    name: text,
    node: fc.array(
      fc.record({
        op_type: text,
        name: text,
        input: fc.array(text, { maxLength: 3 }),
        output: fc.array(text, { maxLength: 3 }),
        attribute: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("attribute"), { maxKeys: 3 }),
      }),
      { maxLength: 3, depthIdentifier: "graph" },
    ),
    initializer: fc.array(initializer, { maxLength: 3 }),
    input: fc.array(valueInfo, { maxLength: 2 }),
    output: fc.array(valueInfo, { maxLength: 2 }),
    value_info: fc.array(valueInfo, { maxLength: 2 }),
  }),
}));

const model: fc.Arbitrary<OnnxModel> = fc.record({
  ir_version: fc.constantFrom(8, 9, 10),
  opset: fc.integer({ min: 17, max: 21 }),
  producer_name: text,
  producer_version: text,
  metadata_props: fc.array(fc.tuple(text, text), { maxLength: 3 }).map((entries) => new Map(entries)),
  graph,
});

async function plainGraph(g: OnnxGraph): Promise<Plain> {
  const attributes = async (record: Readonly<Record<string, Attribute>>): Promise<Plain> =>
    Promise.all(
      Object.entries(record).map(async ([name, a]) => [
        name,
        a.type,
        a.type === "GRAPH" ? await plainGraph(a.value) : ([a.value].flat().map(plainScalar) as Plain[]),
      ]),
    );
  return [
    g.name,
    await Promise.all(
      g.node.map(async (n) => [n.op_type, n.name, n.input, n.output, await attributes(n.attribute)] as Plain),
    ),
    await Promise.all(
      g.initializer.map(async (t) => [
        t.name,
        t.data_type,
        t.dims,
        Array.from(t.data_type === "INT64" ? t.values : await t.data.read(), plainScalar),
      ]),
    ),
    ...[g.input, g.output, g.value_info].map((values) =>
      values.map((v): Plain => [v.name, v.type.elem_type, v.type.shape ?? "unranked"]),
    ),
  ];
}

/** -0 and 0 differ in bits and compare equal; strings keep them apart. */
function plainScalar(value: number | string): Plain {
  return Object.is(value, -0)
    ? "-0"
    : typeof value === "number"
      ? Math.fround(value) === value
        ? value
        : String(value)
      : value;
}

function decodedGraph(g: BufGraph): Plain {
  return [
    g.name,
    g.node.map((n) => [n.opType, n.name, n.input, n.output, n.attribute.map(decodedAttribute)]),
    g.initializer.map((t) => [
      t.name,
      TensorProto_DataType[t.dataType]!,
      t.dims.map(Number),
      t.dataType === TensorProto_DataType.INT64
        ? Array.from(new BigInt64Array(t.rawData.slice().buffer), (v) => plainScalar(Number(v)))
        : Array.from(new Float32Array(t.rawData.slice().buffer), plainScalar),
    ]),
    ...[g.input, g.output, g.valueInfo].map((values) => values.map(decodedValueInfo)),
  ];
}

function decodedAttribute(a: BufAttribute): Plain {
  const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const values: Plain = {
    [AttributeProto_AttributeType.INT]: () => [plainScalar(Number(a.i))],
    [AttributeProto_AttributeType.FLOAT]: () => [plainScalar(a.f)],
    [AttributeProto_AttributeType.STRING]: () => [decode(a.s)],
    [AttributeProto_AttributeType.INTS]: () => a.ints.map((i) => plainScalar(Number(i))),
    [AttributeProto_AttributeType.FLOATS]: () => a.floats.map(plainScalar),
    [AttributeProto_AttributeType.STRINGS]: () => a.strings.map(decode),
    [AttributeProto_AttributeType.GRAPH]: () => decodedGraph(a.g!),
  }[a.type as 1 | 2 | 3 | 5 | 6 | 7 | 8]();
  return [a.name, AttributeProto_AttributeType[a.type]!, values];
}

function decodedValueInfo(v: BufValueInfo): Plain {
  const type = v.type!.value;
  if (type.case !== "tensorType") throw new Error("expected a tensor type");
  const shape = type.value.shape?.dim.map(({ value }) =>
    value.case === "dimValue" ? Number(value.value) : value.case === "dimParam" ? value.value : null,
  );
  return [v.name, TensorProto_DataType[type.value.elemType]!, shape ?? "unranked"];
}

describe("encodeModel", () => {
  it("is undone by an independent reader", async () => {
    await fc.assert(
      fc.asyncProperty(model, async (original) => {
        const read = fromBinary(ModelProtoSchema, await collect(encodeModel(original).model));
        expect([Number(read.irVersion), Number(read.opsetImport[0]!.version)]).toEqual([
          original.ir_version,
          original.opset,
        ]);
        expect([read.producerName, read.producerVersion]).toEqual([original.producer_name, original.producer_version]);
        expect(read.metadataProps.map((p) => [p.key, p.value])).toEqual([...original.metadata_props]);
        expect(decodedGraph(read.graph!)).toEqual(await plainGraph(original.graph));
      }),
      { numRuns: 200 },
    );
  });
});
