/**
 * The messages of ONNX 1.23.1 (onnx-ml.proto and onnx-data.proto, proto2), field by field: the one description from
 * which both the reader and the record types come.
 */

/** `blob`: bytes that may be left in the file. `numbers`: packed values left in the file. `attribute-type`,
 * `data-location`: closed enumerations, whose unknown values proto2 treats as unknown fields. */
export type ScalarType =
  | "int32"
  | "int64"
  | "float"
  | "string"
  | "blob"
  | "attribute-type"
  | "data-location"
  | "int32-numbers"
  | "int64-numbers"
  | "float-numbers"
  | "double-numbers";

interface Field<N extends string = string, T extends string = string, R extends boolean = boolean> {
  readonly number: number;
  readonly name: N;
  readonly type: T;
  readonly repeated: R;
  /** Setting a member of a oneof unsets the others of the same name. */
  readonly oneof?: string;
}

function one<const N extends string, const T extends string>(number: number, name: N, type: T): Field<N, T, false> {
  return { number, name, type, repeated: false };
}

function member<const N extends string, const T extends string>(number: number, name: N, type: T): Field<N, T, false> {
  return { number, name, type, repeated: false, oneof: "value" };
}

function many<const N extends string, const T extends string>(number: number, name: N, type: T): Field<N, T, true> {
  return { number, name, type, repeated: true };
}

export const MESSAGES = {
  ModelProto: [
    one(1, "ir_version", "int64"),
    one(2, "producer_name", "string"),
    one(3, "producer_version", "string"),
    one(4, "domain", "string"),
    one(5, "model_version", "int64"),
    one(6, "doc_string", "string"),
    one(7, "graph", "GraphProto"),
    many(8, "opset_import", "OperatorSetIdProto"),
    many(14, "metadata_props", "StringStringEntryProto"),
    many(20, "training_info", "TrainingInfoProto"),
    many(25, "functions", "FunctionProto"),
    many(26, "configuration", "DeviceConfigurationProto"),
  ],
  GraphProto: [
    many(1, "node", "NodeProto"),
    one(2, "name", "string"),
    many(5, "initializer", "TensorProto"),
    one(10, "doc_string", "string"),
    many(11, "input", "ValueInfoProto"),
    many(12, "output", "ValueInfoProto"),
    many(13, "value_info", "ValueInfoProto"),
    many(14, "quantization_annotation", "TensorAnnotation"),
    many(15, "sparse_initializer", "SparseTensorProto"),
    many(16, "metadata_props", "StringStringEntryProto"),
  ],
  NodeProto: [
    many(1, "input", "string"),
    many(2, "output", "string"),
    one(3, "name", "string"),
    one(4, "op_type", "string"),
    many(5, "attribute", "AttributeProto"),
    one(6, "doc_string", "string"),
    one(7, "domain", "string"),
    one(8, "overload", "string"),
    many(9, "metadata_props", "StringStringEntryProto"),
    many(10, "device_configurations", "NodeDeviceConfigurationProto"),
  ],
  AttributeProto: [
    one(1, "name", "string"),
    one(2, "f", "float"),
    one(3, "i", "int64"),
    one(4, "s", "blob"),
    one(5, "t", "TensorProto"),
    one(6, "g", "GraphProto"),
    many(7, "floats", "float"),
    many(8, "ints", "int64"),
    many(9, "strings", "blob"),
    many(10, "tensors", "TensorProto"),
    many(11, "graphs", "GraphProto"),
    one(13, "doc_string", "string"),
    one(14, "tp", "TypeProto"),
    many(15, "type_protos", "TypeProto"),
    one(20, "type", "attribute-type"),
    one(21, "ref_attr_name", "string"),
    one(22, "sparse_tensor", "SparseTensorProto"),
    many(23, "sparse_tensors", "SparseTensorProto"),
  ],
  TensorProto: [
    many(1, "dims", "int64"),
    one(2, "data_type", "int32"),
    one(3, "segment", "TensorProto.Segment"),
    one(4, "float_data", "float-numbers"),
    one(5, "int32_data", "int32-numbers"),
    many(6, "string_data", "blob"),
    one(7, "int64_data", "int64-numbers"),
    one(8, "name", "string"),
    one(9, "raw_data", "blob"),
    one(10, "double_data", "double-numbers"),
    one(11, "uint64_data", "int64-numbers"),
    one(12, "doc_string", "string"),
    many(13, "external_data", "StringStringEntryProto"),
    one(14, "data_location", "data-location"),
    many(16, "metadata_props", "StringStringEntryProto"),
  ],
  "TensorProto.Segment": [one(1, "begin", "int64"), one(2, "end", "int64")],
  SparseTensorProto: [one(1, "values", "TensorProto"), one(2, "indices", "TensorProto"), many(3, "dims", "int64")],
  ValueInfoProto: [
    one(1, "name", "string"),
    one(2, "type", "TypeProto"),
    one(3, "doc_string", "string"),
    many(4, "metadata_props", "StringStringEntryProto"),
  ],
  TypeProto: [
    member(1, "tensor_type", "TypeProto.Tensor"),
    member(4, "sequence_type", "TypeProto.Sequence"),
    member(5, "map_type", "TypeProto.Map"),
    one(6, "denotation", "string"),
    member(7, "opaque_type", "TypeProto.Opaque"),
    member(8, "sparse_tensor_type", "TypeProto.SparseTensor"),
    member(9, "optional_type", "TypeProto.Optional"),
  ],
  "TypeProto.Tensor": [one(1, "elem_type", "int32"), one(2, "shape", "TensorShapeProto")],
  "TypeProto.Sequence": [one(1, "elem_type", "TypeProto")],
  "TypeProto.Map": [one(1, "key_type", "int32"), one(2, "value_type", "TypeProto")],
  "TypeProto.Optional": [one(1, "elem_type", "TypeProto")],
  "TypeProto.SparseTensor": [one(1, "elem_type", "int32"), one(2, "shape", "TensorShapeProto")],
  "TypeProto.Opaque": [one(1, "domain", "string"), one(2, "name", "string")],
  TensorShapeProto: [many(1, "dim", "TensorShapeProto.Dimension")],
  "TensorShapeProto.Dimension": [
    member(1, "dim_value", "int64"),
    member(2, "dim_param", "string"),
    one(3, "denotation", "string"),
  ],
  OperatorSetIdProto: [one(1, "domain", "string"), one(2, "version", "int64")],
  StringStringEntryProto: [one(1, "key", "string"), one(2, "value", "string")],
  TensorAnnotation: [
    one(1, "tensor_name", "string"),
    many(2, "quant_parameter_tensor_names", "StringStringEntryProto"),
  ],
  FunctionProto: [
    one(1, "name", "string"),
    many(4, "input", "string"),
    many(5, "output", "string"),
    many(6, "attribute", "string"),
    many(7, "node", "NodeProto"),
    one(8, "doc_string", "string"),
    many(9, "opset_import", "OperatorSetIdProto"),
    one(10, "domain", "string"),
    many(11, "attribute_proto", "AttributeProto"),
    many(12, "value_info", "ValueInfoProto"),
    one(13, "overload", "string"),
    many(14, "metadata_props", "StringStringEntryProto"),
  ],
  TrainingInfoProto: [
    one(1, "initialization", "GraphProto"),
    one(2, "algorithm", "GraphProto"),
    many(3, "initialization_binding", "StringStringEntryProto"),
    many(4, "update_binding", "StringStringEntryProto"),
  ],
  DeviceConfigurationProto: [one(1, "name", "string"), one(2, "num_devices", "int32"), many(3, "device", "string")],
  NodeDeviceConfigurationProto: [
    one(1, "configuration_id", "string"),
    many(2, "sharding_spec", "ShardingSpecProto"),
    one(3, "pipeline_stage", "int32"),
  ],
  ShardingSpecProto: [
    one(1, "tensor_name", "string"),
    many(2, "device", "int64"),
    many(3, "index_to_device_group_map", "IntIntListEntryProto"),
    many(4, "sharded_dim", "ShardedDimProto"),
  ],
  IntIntListEntryProto: [one(1, "key", "int64"), many(2, "value", "int64")],
  ShardedDimProto: [one(1, "axis", "int64"), many(2, "simple_sharding", "SimpleShardedDimProto")],
  SimpleShardedDimProto: [
    member(1, "dim_value", "int64"),
    member(2, "dim_param", "string"),
    one(3, "num_shards", "int64"),
  ],
  SequenceProto: [
    one(1, "name", "string"),
    one(2, "elem_type", "int32"),
    many(3, "tensor_values", "TensorProto"),
    many(4, "sparse_tensor_values", "SparseTensorProto"),
    many(5, "sequence_values", "SequenceProto"),
    many(6, "map_values", "MapProto"),
    many(7, "optional_values", "OptionalProto"),
  ],
  MapProto: [
    one(1, "name", "string"),
    one(2, "key_type", "int32"),
    many(3, "keys", "int64"),
    many(4, "string_keys", "blob"),
    one(5, "values", "SequenceProto"),
  ],
  OptionalProto: [
    one(1, "name", "string"),
    one(2, "elem_type", "int32"),
    one(3, "tensor_value", "TensorProto"),
    one(4, "sparse_tensor_value", "SparseTensorProto"),
    one(5, "sequence_value", "SequenceProto"),
    one(6, "map_value", "MapProto"),
    one(7, "optional_value", "OptionalProto"),
  ],
} as const satisfies Readonly<Record<string, readonly Field[]>>;

export type MessageName = keyof typeof MESSAGES;
