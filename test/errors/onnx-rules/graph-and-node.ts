import { clearField, create } from "@bufbuild/protobuf";
import { AttributeProtoSchema, OperatorSetIdProtoSchema, TypeProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { field } from "../../unit/onnx-support/wire-writer.js";
import {
  AttributeType,
  appended,
  attribute,
  broken,
  FLOAT,
  floatValue,
  graphOf,
  node,
  type RuleCases,
  soundModel,
  tensor,
  withBranches,
  withInitializer,
} from "./case.js";

const mapType = (init: { keyType?: number; withValue?: boolean }) =>
  create(TypeProtoSchema, {
    value: {
      case: "mapType",
      value: {
        ...(init.keyType === undefined ? {} : { keyType: init.keyType }),
        ...(init.withValue ? { valueType: soundModel().graph!.input[0]!.type! } : {}),
      },
    },
  });

const tensorType = (value: { elemType?: number; shape?: object }) =>
  create(TypeProtoSchema, { value: { case: "tensorType", value } });

export const GRAPH_AND_NODE_CASES = {
  "onnx/graph-name": broken((m) => {
    m.graph!.name = "";
  }),
  "onnx/graph-input-unique": broken((m) => void m.graph!.input.push(floatValue("x")), { place: 'graph.input[1] "x"' }),
  "onnx/initializer-name": broken((m) => void m.graph!.initializer.push(tensor({ name: "" }))),
  "onnx/initializer-unique": broken((m) => {
    withInitializer(m);
    m.graph!.initializer.push(tensor());
  }),
  "onnx/initializer-input": broken((m) => {
    m.irVersion = 3n;
    m.graph!.initializer.push(tensor());
  }),
  "onnx/graph-topological": broken(
    (m) => {
      m.graph!.node[0]!.input = ["missing"];
    },
    { place: 'graph.node[0] "relu" input 0' },
  ),
  "onnx/graph-ssa": broken((m) => void m.graph!.node.push(node({ opType: "Relu", input: ["x"], output: ["y"] })), {
    place: "graph.node[1] output 0",
  }),
  "onnx/graph-output": broken((m) => void m.graph!.output.push(floatValue("z"))),
  "onnx/value-name": broken((m) => void m.graph!.input.push(floatValue(""))),
  "onnx/value-type": broken((m) => clearField(m.graph!.input[0]!, ValueInfoProtoSchema.field.type)),
  "onnx/value-elem-type": broken((m) => {
    m.graph!.input[0]!.type = tensorType({ shape: {} });
  }),
  "onnx/value-shape": broken((m) => {
    m.graph!.input[0]!.type = tensorType({ elemType: FLOAT });
  }),
  "onnx/value-key-type": broken((m) => {
    m.graph!.input[0]!.type = mapType({ withValue: true });
  }),
  "onnx/value-value-type": broken((m) => {
    m.graph!.input[0]!.type = mapType({ keyType: 7 });
  }),
  "onnx/value-opaque-name": appended(field(7, field(11, [...field(1, "o"), ...field(2, field(7, field(1, "d")))]))),
  "onnx/node-op-type": broken((m) => {
    m.graph!.node[0]!.opType = "";
  }),
  "onnx/node-isolated": broken((m) => void m.graph!.node.push(node({ opType: "ATen" }))),
  "onnx/node-domain": broken((m) => {
    m.graph!.node[0]!.domain = "com.example";
  }),
  "onnx/node-operator": broken((m) => {
    m.graph!.node[0]!.opType = "constructor";
  }),
  "onnx/node-deprecated": broken((m) => {
    m.graph!.node[0]!.opType = "Upsample";
  }),
  "onnx/node-not-checked": broken((m) => {
    m.graph!.node[0]!.domain = "com.example";
    m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "com.example", version: 1n }));
  }),
  "onnx/signature-input-count": broken((m) => void m.graph!.node[0]!.input.push("x")),
  "onnx/signature-output-count": broken((m) => void m.graph!.node[0]!.output.push("z")),
  "onnx/signature-input-empty": broken((m) => {
    m.graph!.node[0]!.input = [""];
  }),
  "onnx/signature-output-empty": broken((m) => {
    m.graph!.node[0]!.output = [""];
    m.graph!.output[0]!.name = "x";
  }),
  "onnx/signature-attribute-known": broken(
    (m) => {
      m.graph!.node[0]!.attribute.push(attribute({ name: "axis", type: AttributeType.INT, i: 1n }));
    },
    { place: 'graph.node[0] "relu" attribute "axis"' },
  ),
  "onnx/signature-attribute-type": broken((m) => {
    m.graph!.node[0]!.opType = "Softmax";
    m.graph!.node[0]!.attribute.push(attribute({ name: "axis", type: AttributeType.FLOAT, f: 1 }));
  }),
  "onnx/signature-attribute-value": broken((m) => {
    m.graph!.node[0] = node({
      opType: "Constant",
      output: ["y"],
      attribute: [{ name: "value", type: AttributeType.TENSOR }],
    });
  }),
  "onnx/signature-attribute-required": broken((m) => {
    m.graph!.node[0]!.opType = "Cast";
  }),
  "onnx/attribute-name": broken((m) => {
    m.graph!.node[0]!.opType = "ATen";
    m.graph!.node[0]!.attribute.push(attribute({ type: AttributeType.INT, i: 1n }));
  }),
  "onnx/attribute-unique": broken((m) => {
    m.graph!.node[0]!.opType = "Softmax";
    const axis = attribute({ name: "axis", type: AttributeType.INT, i: 0n });
    m.graph!.node[0]!.attribute.push(axis, axis);
  }),
  "onnx/attribute-type": broken((m) => {
    m.graph!.node[0]!.attribute.push(attribute({ name: "__internal", i: 1n }));
    clearField(m.graph!.node[0]!.attribute[0]!, AttributeProtoSchema.field.type);
  }),
  "onnx/attribute-type-match": broken((m) => {
    m.graph!.node[0]!.opType = "Softmax";
    m.graph!.node[0]!.attribute.push(attribute({ name: "axis", type: AttributeType.INT, f: 1 }));
  }),
  "onnx/attribute-one-value": broken((m) => {
    m.irVersion = 1n;
    m.opsetImport = [];
    m.graph!.node[0]!.opType = "ATen";
    m.graph!.node[0]!.attribute.push(attribute({ name: "axis", i: 1n, f: 1 }));
  }),
  "onnx/attribute-reference": broken(
    (m) =>
      withBranches(m, (name) =>
        graphOf({
          name,
          node: [
            {
              opType: "LeakyRelu",
              input: ["x"],
              output: [name],
              attribute: [{ name: "alpha", type: AttributeType.FLOAT, f: 1, refAttrName: "a" }],
            },
          ],
          output: [floatValue(name)],
        }),
      ),
    { place: 'graph.node[0] attribute "then_branch".node[0] attribute "alpha"' },
  ),
} as const satisfies RuleCases;
