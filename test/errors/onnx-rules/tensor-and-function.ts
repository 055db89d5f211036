import { clearField, create } from "@bufbuild/protobuf";
import { FunctionProtoSchema, SparseTensorProtoSchema, TensorProtoSchema } from "onnx-buf";
import {
  AttributeType,
  broken,
  EXTERNAL,
  folderOf,
  INT64,
  localFunction,
  node,
  type RuleCases,
  STRING,
  withFunctions,
  withInitializer,
  withSparse,
} from "./case.js";

const located = (value: string) => ({
  floatData: [],
  dims: [2n],
  dataLocation: EXTERNAL,
  externalData: [{ key: "location", value }],
});

const indices = (...int64Data: bigint[]) =>
  create(TensorProtoSchema, { dataType: INT64, dims: [BigInt(int64Data.length)], int64Data });

const calls = (...names: string[]) =>
  names.map((opType, i) => node({ opType, domain: "local", input: ["x"], output: [i === 0 ? "y" : `y${i}`] }));

const localOpsets = [
  { domain: "", version: 17n },
  { domain: "local", version: 1n },
];

export const TENSOR_AND_FUNCTION_CASES = {
  "onnx/tensor-type": broken((m) => withInitializer(m, { dataType: 0 })),
  "onnx/tensor-type-known": broken((m) => withInitializer(m, { dataType: 99 })),
  "onnx/tensor-dims-negative": broken((m) => withInitializer(m, { dims: [-1n] })),
  "onnx/tensor-dims-overflow": broken((m) => withInitializer(m, { dims: [2n ** 62n, 4n] })),
  "onnx/tensor-empty-data": broken((m) => withInitializer(m, { dims: [0n] })),
  "onnx/tensor-value-fields": broken((m) => withInitializer(m, { int64Data: [1n] })),
  "onnx/tensor-string-raw": broken((m) =>
    withInitializer(m, { dataType: STRING, floatData: [], rawData: new Uint8Array(4) }),
  ),
  "onnx/tensor-raw-short": broken((m) => withInitializer(m, { floatData: [], rawData: new Uint8Array(3) }), {
    place: 'graph.initializer[0] "w"',
  }),
  "onnx/tensor-field": broken((m) => withInitializer(m, { floatData: [], doubleData: [1] })),
  "onnx/tensor-field-short": broken((m) => withInitializer(m, { dims: [2n] })),
  "onnx/tensor-float6-padding": broken((m) =>
    withInitializer(m, { dataType: 27, floatData: [], rawData: Uint8Array.of(0x40) }),
  ),
  "onnx/tensor-float6-range": broken((m) => withInitializer(m, { dataType: 28, floatData: [], int32Data: [64] })),
  "onnx/external-fields": broken((m) => withInitializer(m, { ...located("w.bin"), floatData: [1, 2] }), {
    folder: folderOf("regular"),
  }),
  "onnx/external-location": broken((m) => withInitializer(m, { ...located(""), externalData: [] }), {
    folder: folderOf("regular"),
  }),
  "onnx/external-location-empty": broken((m) => withInitializer(m, located(""))),
  "onnx/external-location-absolute": broken((m) => withInitializer(m, located("/etc/passwd"))),
  "onnx/external-location-outside": broken((m) => withInitializer(m, located("a/../../x"))),
  "onnx/external-symlink": broken((m) => withInitializer(m, located("w.bin")), { folder: folderOf("symlink") }),
  "onnx/external-contained": broken((m) => withInitializer(m, located("w.bin")), { folder: folderOf("outside") }),
  "onnx/external-regular": broken((m) => withInitializer(m, located("w.bin")), { folder: folderOf("missing") }),
  "onnx/external-hardlink": broken((m) => withInitializer(m, located("w.bin")), { folder: folderOf("hard-linked") }),
  "onnx/external-not-checked": broken((m) => withInitializer(m, located("w.bin"))),
  "onnx/sparse-values": broken((m) => {
    m.graph!.node[0] = node({
      opType: "Constant",
      output: ["y"],
      attribute: [{ name: "sparse_value", type: AttributeType.SPARSE_TENSOR, sparseTensor: { dims: [4n] } }],
    });
  }),
  "onnx/sparse-values-rank": broken((m) => {
    withSparse(m);
    m.graph!.sparseInitializer[0]!.values!.dims = [2n, 1n];
  }),
  "onnx/sparse-rank": broken((m) => {
    withSparse(m, { dims: [], indices: indices() });
    m.graph!.sparseInitializer[0]!.values!.dims = [0n];
    m.graph!.sparseInitializer[0]!.values!.floatData = [];
  }),
  "onnx/sparse-dims": broken((m) => {
    withSparse(m, { dims: [0n], indices: indices() });
    m.graph!.sparseInitializer[0]!.values!.dims = [0n];
    m.graph!.sparseInitializer[0]!.values!.floatData = [];
  }),
  "onnx/sparse-indices": broken((m) => {
    withSparse(m);
    clearField(m.graph!.sparseInitializer[0]!, SparseTensorProtoSchema.field.indices);
  }),
  "onnx/sparse-indices-type": broken((m) => {
    withSparse(m, { indices: create(TensorProtoSchema, { dataType: 6, dims: [2n], int32Data: [0, 3] }) });
  }),
  "onnx/sparse-indices-rank": broken((m) => {
    withSparse(m);
    m.graph!.sparseInitializer[0]!.indices!.dims = [2n, 1n, 1n];
  }),
  "onnx/sparse-indices-count": broken((m) => withSparse(m, { indices: indices(0n, 1n, 3n) })),
  "onnx/sparse-indices-data": broken((m) => {
    withSparse(m);
    m.graph!.sparseInitializer[0]!.indices!.int64Data.push(3n);
  }),
  "onnx/sparse-indices-range": broken((m) => withSparse(m, { indices: indices(0n, 4n) })),
  "onnx/sparse-indices-sorted": broken((m) => withSparse(m, { indices: indices(3n, 3n) })),
  "onnx/function-name": broken((m) => withFunctions(m, localFunction(), localFunction({ name: "" }))),
  "onnx/function-domain": broken((m) => {
    withFunctions(m, localFunction(), localFunction({ name: "g" }));
    clearField(m.functions[1]!, FunctionProtoSchema.field.domain);
  }),
  "onnx/function-input-unique": broken((m) => withFunctions(m, localFunction({ input: ["x", "x"] }))),
  "onnx/function-output-unique": broken((m) => withFunctions(m, localFunction({ output: ["y", "y"] }))),
  "onnx/function-attribute-unique": broken((m) => withFunctions(m, localFunction({ attribute: ["a", "a"] }))),
  "onnx/function-topological": broken((m) => withFunctions(m, localFunction({ input: ["z"] })), {
    place: 'model.functions[0] "f".node[0] input 0',
  }),
  "onnx/function-ssa": broken((m) =>
    withFunctions(m, localFunction({ node: Array(2).fill(node({ opType: "Relu", input: ["x"], output: ["y"] })) })),
  ),
  "onnx/function-opset": broken((m) => {
    withFunctions(m, localFunction({ opsetImport: [{ domain: "ai.onnx", version: 17n }] }));
  }),
  "onnx/function-opset-compatible": broken((m) =>
    withFunctions(m, localFunction({ opsetImport: [{ domain: "", version: 13n }] })),
  ),
  "onnx/function-unique": broken((m) => withFunctions(m, localFunction(), localFunction())),
  "onnx/function-count": broken((m) => {
    withFunctions(m, localFunction());
    for (let i = 0; i < 10_000; i++) {
      m.functions.push(create(FunctionProtoSchema, { name: `${i}`, domain: "local" }));
    }
  }),
  "onnx/function-depth": broken((m) => {
    const last = 101;
    const chain = Array.from({ length: last }, (_, i) =>
      localFunction({
        name: i === 0 ? "f" : `f${i}`,
        opsetImport: localOpsets,
        node: i + 1 < last ? calls(`f${i + 1}`) : [node({ opType: "Relu", input: ["x"], output: ["y"] })],
      }),
    );
    withFunctions(m, ...chain);
  }),
  "onnx/function-cycle": broken((m) => {
    const f = localFunction({ opsetImport: localOpsets, node: calls("g") });
    const g = localFunction({ name: "g", opsetImport: localOpsets, node: calls("f") });
    withFunctions(m, f, g);
  }),
} as const satisfies RuleCases;
