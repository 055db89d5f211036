import type { TypeProto, ValueInfoProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { CheckContext } from "./context.js";

export function checkValueInfo(value: ValueInfoProto, place: Place, context: CheckContext): void {
  if (!value.name) context.report("onnx/value-name", place, "has no name");
  if (!context.isMainGraph) return;
  if (value.type === undefined) context.report("onnx/value-type", place, "declares no type");
  else checkType(value.type, place, context);
}

function checkType(type: TypeProto, place: Place, context: CheckContext): void {
  const { tensor_type, sparse_tensor_type, sequence_type, optional_type, map_type, opaque_type } = type;
  const tensor = tensor_type ?? sparse_tensor_type;
  const holder = tensor ?? sequence_type ?? optional_type;
  if (holder !== undefined) {
    if (holder.elem_type === undefined)
      context.report("onnx/value-elem-type", place, "has a type without element type");
    if (tensor !== undefined && tensor.shape === undefined) context.report("onnx/value-shape", place, "has no shape");
  } else if (map_type !== undefined) {
    if (map_type.key_type === undefined) context.report("onnx/value-key-type", place, "is a map without key type");
    if (map_type.value_type === undefined)
      context.report("onnx/value-value-type", place, "is a map without value type");
  } else if (opaque_type !== undefined) {
    if (!opaque_type.name) context.report("onnx/value-opaque-name", place, "has an opaque type without name");
  } else {
    context.report("onnx/value-type", place, "has a type that is neither tensor nor any other kind");
  }
}
