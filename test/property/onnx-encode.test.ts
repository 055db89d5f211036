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
import * as build from "../../src/onnx/graph/build.js";
import type { ElementTypeName } from "../../src/onnx/graph/element-types.js";
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  TensorProto,
  ValueInfoProto,
} from "../../src/onnx/graph/records.js";

/** A model as comparable data: initializers as their float32 or int64 values, attributes in order. */
type Plain = string | number | null | readonly Plain[];

const text = fc.string({ unit: "grapheme", maxLength: 6 });
const int64 = fc.maxSafeInteger();
const float32 = fc.float({ noNaN: true });

/** The values of a made tensor and of a made attribute, which the record holds encoded. */
const valuesOf = new WeakMap<TensorProto | AttributeProto, readonly (number | string)[]>();

const initializer: fc.Arbitrary<TensorProto> = fc.oneof(
  fc.tuple(text, fc.array(int64, { maxLength: 4 })).map(([name, values]) => {
    const tensor = build.intTensor(name, [values.length], values);
    valuesOf.set(tensor, values);
    return tensor;
  }),
  fc.tuple(text, fc.array(float32, { maxLength: 300 })).map(([name, values]) => {
    const data = Float32Array.from(values);
    const tensor = build.floatTensor(name, "FLOAT", { shape: [data.length], read: async () => data });
    valuesOf.set(tensor, [...data]);
    return tensor;
  }),
);

const elementType = fc.constantFrom<ElementTypeName>("FLOAT", "FLOAT16", "INT64", "BOOL", "DOUBLE", "INT32");
const dimension: fc.Arbitrary<build.Dimension> = fc.oneof(fc.nat(), text, fc.constant(null));
const valueInfo: fc.Arbitrary<ValueInfoProto> = fc
  .tuple(text, elementType, fc.option(fc.array(dimension, { maxLength: 4 }), { nil: undefined }))
  .map(([name, type, shape]) => build.valueInfo(name, type, shape));

const attributeName = fc.stringMatching(/^[a-z]{1,5}$/);

const { graph } = fc.letrec<{ graph: GraphProto; attribute: AttributeProto }>((tie) => ({
  attribute: fc
    .tuple(
      attributeName,
      fc.oneof(
        { depthSize: "small" },
        fc.record({ i: int64 }),
        fc.record({ f: float32 }),
        fc.record({ s: text }),
        fc.record({ ints: fc.array(int64, { maxLength: 3 }) }),
        fc.record({ floats: fc.array(float32, { maxLength: 3 }) }),
        fc.record({ strings: fc.array(text, { maxLength: 3 }) }),
        fc.record({ g: tie("graph") }),
      ) as fc.Arbitrary<build.AttributeValue>,
    )
    .map(([name, value]) => {
      const attribute = build.attribute(name, value);
      if (!("g" in value)) valuesOf.set(attribute, Object.values(value).flat() as (number | string)[]);
      return attribute;
    }),
  graph: fc
    .record({
      name: text,
      node: fc.array(
        fc
          .record({
            op_type: text,
            name: text,
            input: fc.array(text, { maxLength: 3 }),
            output: fc.array(text, { maxLength: 3 }),
            attribute: fc.array(tie("attribute"), { maxLength: 3 }),
          })
          .map(({ op_type, input, output, ...fields }) => build.node(op_type, input, output, fields)),
        { maxLength: 3, depthIdentifier: "graph" },
      ),
      initializer: fc.array(initializer, { maxLength: 3 }),
      input: fc.array(valueInfo, { maxLength: 2 }),
      output: fc.array(valueInfo, { maxLength: 2 }),
      value_info: fc.array(valueInfo, { maxLength: 2 }),
    })
    .map(build.graph),
}));

const model: fc.Arbitrary<ModelProto> = fc
  .record({
    ir_version: fc.constantFrom(8, 9, 10),
    opset_import: fc.integer({ min: 17, max: 21 }).map((version) => [build.opset(version)]),
    producer_name: text,
    producer_version: text,
    metadata_props: fc.array(
      fc.tuple(text, text).map(([key, value]) => build.property(key, value)),
      { maxLength: 3 },
    ),
    graph,
  })
  .map(build.model);

function plainGraph(g: GraphProto): Plain {
  return [
    g.name!,
    g.node.map((n): Plain => [n.op_type!, n.name!, n.input, n.output, n.attribute.map(plainAttribute)]),
    g.initializer.map(
      (t): Plain => [
        t.name!,
        TensorProto_DataType[t.data_type!]!,
        t.dims.map(Number),
        valuesOf.get(t)!.map(plainScalar),
      ],
    ),
    ...[g.input, g.output, g.value_info].map((values) =>
      values.map(({ name, type }): Plain => {
        const { elem_type, shape } = type!.tensor_type!;
        const dims = shape?.dim.map(
          ({ dim_value, dim_param }) => dim_param ?? (dim_value === undefined ? null : Number(dim_value)),
        );
        return [name!, TensorProto_DataType[elem_type!]!, dims ?? "unranked"];
      }),
    ),
  ];
}

function plainAttribute(a: AttributeProto): Plain {
  const values = a.g ? plainGraph(a.g) : valuesOf.get(a)!.map(plainScalar);
  return [a.name!, AttributeProto_AttributeType[a.type!]!, values];
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
          original.opset_import[0]!.version,
        ]);
        expect([read.producerName, read.producerVersion]).toEqual([original.producer_name, original.producer_version]);
        expect(read.metadataProps.map((p) => [p.key, p.value])).toEqual(
          original.metadata_props.map(({ key, value }) => [key, value]),
        );
        expect(decodedGraph(read.graph!)).toEqual(plainGraph(original.graph!));
      }),
      { numRuns: 200 },
    );
  });
});
