import { create } from "@bufbuild/protobuf";
import { OperatorSetIdProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { AttributeType, broken, FLOAT, INT64, localFunction, node, type RuleCases, withFunctions } from "./case.js";

function value(name: string, elemType: number, ...dims: readonly bigint[]) {
  const shape = { dim: dims.map((size) => ({ value: { case: "dimValue" as const, value: size } })) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: { elemType, shape } } } });
}

export const FULL_CASES = {
  "onnx/full-operator": broken(
    (m) => {
      m.graph!.node[0] = node({ opType: "MatMul", name: "product", input: ["x", "w"], output: ["y"] });
      m.graph!.input = [value("x", FLOAT, 2n, 3n), value("w", FLOAT, 4n, 5n)];
      m.graph!.output = [value("y", FLOAT, 2n, 5n)];
    },
    { place: 'graph.node[0] "product"' },
  ),
  "onnx/full-signature": broken((m) => {
    m.graph!.node[0] = node({ opType: "Sqrt", input: ["x"], output: ["y"] });
    m.graph!.input = [value("x", INT64, 2n)];
    m.graph!.output = [value("y", INT64, 2n)];
  }),
  "onnx/full-type": broken((m) => {
    m.graph!.input = [value("x", FLOAT, 2n)];
    m.graph!.output = [value("y", INT64, 2n)];
  }),
  "onnx/full-rank": broken((m) => {
    m.graph!.input = [value("x", FLOAT, 2n)];
    m.graph!.output = [value("y", FLOAT, 2n, 1n)];
  }),
  "onnx/full-dimension": broken((m) => {
    m.graph!.input = [value("x", FLOAT, 2n)];
    m.graph!.output = [value("y", FLOAT, 3n)];
  }),
  "onnx/full-not-inferred": broken((m) => {
    m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "ai.onnx.ml", version: 1n }));
    m.graph!.node[0] = node({ opType: "Binarizer", domain: "ai.onnx.ml", input: ["x"], output: ["y"] });
  }),
  "onnx/full-not-followed": broken((m) => {
    m.irVersion = 7n;
    const call = node({ opType: "f", domain: "local", input: ["x"], output: ["y"] });
    withFunctions(m, localFunction({ node: [call] }));
  }),
  "onnx/strict-shapes": broken((m) => {
    m.graph!.input = [value("x", FLOAT, 2n, 3n)];
    m.graph!.node = [
      node({
        opType: "Shape",
        input: ["x"],
        output: ["s"],
        attribute: [{ name: "end", type: AttributeType.INT, i: 1n }],
      }),
      node({ opType: "ConstantOfShape", input: ["s"], output: ["y"] }),
    ];
    m.graph!.output = [value("y", FLOAT, 5n)];
  }),
} as const satisfies RuleCases;
