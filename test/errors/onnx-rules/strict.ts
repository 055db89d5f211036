import { create } from "@bufbuild/protobuf";
import { OperatorSetIdProtoSchema, TensorProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import {
  AttributeType,
  attribute,
  broken,
  EXTERNAL,
  FLOAT,
  floatValue,
  folderOf,
  graphOf,
  localFunction,
  node,
  type RuleCases,
  sparse,
  tensor,
  withBranches,
  withFunctions,
  withInitializer,
} from "./case.js";

const external = (...externalData: { key: string; value: string }[]) => ({
  floatData: [],
  dims: [2n],
  dataLocation: EXTERNAL,
  externalData: externalData.some((e) => e.key === "location")
    ? externalData
    : [{ key: "location", value: "w.bin" }, ...externalData],
});

const folder = folderOf("regular");

const shaped = (name: string, size: bigint, elemType = FLOAT, rank = 1) => {
  const dim = Array.from({ length: rank }, () => ({ value: { case: "dimValue" as const, value: size } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
  });
};

export const STRICT_CASES = {
  "onnx/strict-opset-known": broken((m) => {
    m.opsetImport[0]!.version = 999n;
  }),
  "onnx/strict-opset-unique": broken((m) => {
    m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "ai.onnx", version: 17n }));
  }),
  "onnx/strict-function-unused": broken((m) => withFunctions(m, localFunction(), localFunction({ name: "g" }))),
  "onnx/strict-function-output": broken((m) => withFunctions(m, localFunction({ output: ["z"] }))),
  "onnx/strict-reference-outside": broken((m) => {
    m.graph!.node[0]!.opType = "LeakyRelu";
    m.graph!.node[0]!.attribute.push(attribute({ name: "alpha", type: AttributeType.FLOAT, refAttrName: "a" }));
  }),
  "onnx/strict-graph-outputs": broken((m) => {
    m.graph!.output = [];
    m.graph!.node = [];
  }),
  "onnx/strict-output-unique": broken((m) => void m.graph!.output.push(floatValue("y"))),
  "onnx/strict-node-name-unique": broken((m) => {
    m.graph!.node.unshift(node({ name: "relu", opType: "Relu", input: ["x"], output: ["z"] }));
    m.graph!.node[1]!.input = ["z"];
  }),
  "onnx/strict-value-info-unique": broken((m) => void m.graph!.valueInfo.push(floatValue("y"), floatValue("y"))),
  "onnx/strict-value-info-known": broken((m) => void m.graph!.valueInfo.push(floatValue("z"))),
  "onnx/strict-elem-type": broken((m) => void m.graph!.valueInfo.push(shaped("y", 1n, 99))),
  "onnx/strict-dimension": broken((m) => {
    m.graph!.input[0] = shaped("x", -1n);
  }),
  "onnx/strict-shadowing": broken((m) =>
    withBranches(m, (name) =>
      graphOf({
        name,
        initializer: [tensor({ name: "x" })],
        node: [{ opType: "Relu", input: ["x"], output: [name] }],
        output: [floatValue(name)],
      }),
    ),
  ),
  "onnx/strict-unused-initializer": broken((m) => void m.graph!.initializer.push(tensor())),
  "onnx/strict-unused-node": broken(
    (m) => void m.graph!.node.push(node({ opType: "Relu", input: ["x"], output: ["z"] })),
  ),
  "onnx/strict-operator": broken(
    (m) => {
      m.graph!.node[0]!.opType = "ScaledTanh";
    },
    { place: 'graph.node[0] "relu"', hint: "use Mul and Tanh instead" },
  ),
  "onnx/strict-word": broken(
    (m) => {
      m.graph!.node[0]!.opType = "LpPool";
      m.graph!.input = [shaped("x", 1n, FLOAT, 3)];
      m.graph!.output = [shaped("y", 1n, FLOAT, 3)];
      m.graph!.node[0]!.attribute.push(
        attribute({ name: "kernel_shape", type: AttributeType.INTS, ints: [1n] }),
        attribute({ name: "auto_pad", type: AttributeType.STRING, s: new TextEncoder().encode("SAME") }),
      );
    },
    { place: 'graph.node[0] "relu" attribute "auto_pad"' },
  ),
  "onnx/strict-symbol": broken(
    (m) => {
      m.graph!.node[0] = node({ opType: "Concat", input: ["x", "x"], output: ["y"] });
      m.graph!.node[0]!.attribute.push(attribute({ name: "axis", type: AttributeType.INT, i: 0n }));
    },
    { place: 'graph.output[0] "y"' },
  ),
  "onnx/strict-data-long": broken((m) => withInitializer(m, { floatData: [], rawData: new Uint8Array(5) })),
  "onnx/strict-not-finite": broken((m) => withInitializer(m, { floatData: [Number.NaN] })),
  "onnx/strict-segment": broken((m) => withInitializer(m, { segment: { begin: 0n, end: 1n } })),
  "onnx/strict-external-range": broken((m) => withInitializer(m, external({ key: "offset", value: "4" })), { folder }),
  "onnx/strict-external-key": broken((m) => withInitializer(m, external({ key: "__class__", value: "x" })), { folder }),
  "onnx/strict-external-key-unique": broken(
    (m) => withInitializer(m, external({ key: "offset", value: "0" }, { key: "offset", value: "0" })),
    { folder },
  ),
  "onnx/strict-external-nul": broken((m) => withInitializer(m, external({ key: "location", value: "w.bin\0x" })), {
    folder,
  }),
  "onnx/strict-external-address": broken(
    (m) => withInitializer(m, external({ key: "location", value: "*/_ORT_MEM_ADDR_/*" })),
    { folder },
  ),
  "onnx/strict-external-sparse": broken(
    (m) => {
      const values = create(TensorProtoSchema, { name: "w", dataType: FLOAT, ...external() });
      const sparseTensor = sparse({ values });
      m.graph!.output = [shaped("y", 4n)];
      m.graph!.node[0] = node({
        opType: "Constant",
        output: ["y"],
        attribute: [{ name: "sparse_value", type: AttributeType.SPARSE_TENSOR, sparseTensor }],
      });
    },
    { folder },
  ),
} as const satisfies RuleCases;
