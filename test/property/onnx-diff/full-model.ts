/** A model in which every message of ONNX occurs, with every field set somewhere. */
import type { Plain } from "../../unit/onnx-support/write-record.js";

const text = (value: string): readonly number[] => [...new TextEncoder().encode(value)];

const dims: Plain = {
  dim: [{ dim_param: "N", denotation: "DATA_BATCH" }, { dim_value: 3, denotation: "DATA_CHANNEL" }, {}],
};
const tensorType: Plain = { tensor_type: { elem_type: 1, shape: dims }, denotation: "TENSOR" };
const plainType: Plain = { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 2 }] } } };
const value = (name: string, type: Plain = plainType): Plain => ({ name, type });

const sparse = (name: string, first = 1): Plain => ({
  values: { name, dims: [2], data_type: 1, float_data: [first, 2] },
  indices: { name: `${name}.places`, dims: [2], data_type: 7, int64_data: [0, 3] },
  dims: [5],
});

const entry: Plain = { key: "made by", value: "hand" };
const notes: Plain = { doc_string: "a note", metadata_props: [entry] };

const branch = (op: string): Plain => ({
  ...notes,
  name: "branch",
  input: [value("p")],
  output: [value("r"), value("q")],
  value_info: [value("q")],
  initializer: [{ name: "k", dims: [2], data_type: 1, float_data: [3, 4] }],
  node: [
    { op_type: op, input: ["p"], output: ["q"] },
    { op_type: "Add", input: ["q", "k"], output: ["r"] },
  ],
});

const attributes: readonly Plain[] = [
  { name: "f", type: 1, f: 0.5, doc_string: "a note" },
  { name: "i", type: 2, i: 7 },
  { name: "s", type: 3, s: text("sum") },
  { name: "t", type: 4, t: { name: "t", dims: [1], data_type: 11, double_data: [0.25] } },
  { name: "g", type: 5, g: branch("Relu") },
  { name: "floats", type: 6, floats: [0.5, 1.5] },
  { name: "ints", type: 7, ints: [3, -4] },
  { name: "strings", type: 8, strings: [text("a"), text("b")] },
  { name: "tensors", type: 9, tensors: [{ dims: [2], data_type: 12, uint64_data: [5, 6] }] },
  { name: "graphs", type: 10, graphs: [branch("Neg"), branch("Abs")] },
  { name: "sparse_tensor", type: 11, sparse_tensor: sparse("held") },
  { name: "sparse_tensors", type: 12, sparse_tensors: [sparse("first"), sparse("second", 3)] },
  { name: "tp", type: 13, tp: tensorType },
  { name: "type_protos", type: 14, type_protos: [{ sequence_type: { elem_type: tensorType } }, plainType] },
];

const sharded: Plain = {
  tensor_name: "x",
  device: [0, 1],
  index_to_device_group_map: [{ key: 0, value: [1, 2] }],
  sharded_dim: [
    {
      axis: 1,
      simple_sharding: [
        { dim_value: 2, num_shards: 2 },
        { dim_param: "N", num_shards: 3 },
      ],
    },
  ],
};

export const FULL_MODEL: Plain = {
  ir_version: 11,
  producer_name: "by hand",
  producer_version: "1",
  domain: "example",
  model_version: 3,
  doc_string: "a note",
  opset_import: [
    { domain: "", version: 21 },
    { domain: "other", version: 2 },
    { domain: "local", version: 1 },
  ],
  metadata_props: [
    { key: "range", value: "0..1" },
    { key: "colour", value: "rgb" },
  ],
  training_info: [
    {
      initialization: { name: "start", node: [{ op_type: "Identity", input: ["w"], output: ["v"] }] },
      algorithm: { name: "step", initializer: [{ name: "rate", dims: [], data_type: 1, float_data: [0.1] }] },
      initialization_binding: [{ key: "w", value: "v" }],
      update_binding: [{ key: "w", value: "v" }],
    },
  ],
  configuration: [{ name: "two", num_devices: 2, device: ["left", "right"] }],
  functions: [
    {
      ...notes,
      name: "F",
      domain: "local",
      overload: "one",
      input: ["a", "b"],
      output: ["d", "c"],
      attribute: ["alpha"],
      attribute_proto: [{ name: "beta", type: 1, f: 2 }],
      opset_import: [{ domain: "", version: 21 }],
      value_info: [value("c")],
      node: [
        {
          op_type: "Elu",
          input: ["a"],
          output: ["c"],
          attribute: [{ name: "alpha", type: 1, ref_attr_name: "alpha" }],
        },
        { op_type: "Sub", input: ["c", "b"], output: ["d"] },
      ],
    },
  ],
  graph: {
    ...notes,
    name: "g",
    input: [
      { ...value("x", tensorType), ...notes },
      value("list", { sequence_type: { elem_type: plainType } }),
      value("table", { map_type: { key_type: 7, value_type: plainType } }),
      value("maybe", { optional_type: { elem_type: plainType } }),
      value("thing", { opaque_type: { domain: "other", name: "Thing" } }),
      value("thin", { sparse_tensor_type: { elem_type: 1, shape: dims } }),
      value("bias"),
    ],
    output: [value("y", tensorType), value("z")],
    value_info: [value("h"), value("j")],
    initializer: [
      { ...notes, name: "w", dims: [2], data_type: 1, float_data: [1, 2], segment: { begin: 0, end: 2 } },
      { name: "bias", dims: [2], data_type: 1, raw_data: [0, 0, 128, 63, 0, 0, 0, 64] },
      { name: "count", dims: [2], data_type: 7, int64_data: [4, -5] },
      { name: "small", dims: [2], data_type: 3, int32_data: [6, -7] },
      { name: "words", dims: [2], data_type: 8, string_data: [text("yes"), text("no")] },
    ],
    sparse_initializer: [sparse("few")],
    quantization_annotation: [
      { tensor_name: "h", quant_parameter_tensor_names: [{ key: "SCALE_TENSOR", value: "w" }] },
    ],
    node: [
      {
        ...notes,
        name: "first",
        op_type: "Any",
        domain: "other",
        overload: "two",
        input: ["x", "w", "bias", "count", "small", "words", "few"],
        output: ["h", "i", ""],
        attribute: attributes,
        device_configurations: [{ configuration_id: "two", sharding_spec: [sharded], pipeline_stage: 1 }],
      },
      { op_type: "F", domain: "local", overload: "one", input: ["h", "i"], output: ["j", "y"] },
      { op_type: "Collect", domain: "other", input: ["j", "list", "table", "maybe", "thing", "thin"], output: ["z"] },
    ],
  },
};
