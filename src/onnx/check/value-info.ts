import type { TypeProto, ValueInfoProto } from "../proto/records.js";
import type { CheckContext } from "./context.js";
import type { Place } from "./place.js";
import { official } from "./rule.js";

export const VALUE_RULES = {
  "onnx/value-name": official(
    "Every input and output of a graph has a name.",
    "A value without a name cannot be fed, fetched or referred to.",
    "name the value",
  ),
  "onnx/value-type": official(
    "Every input and output of the main graph declares its type: tensor, sparse tensor, sequence, map, optional or opaque.",
    "Runtimes allocate and check inputs by their declared types.",
    "declare the type",
  ),
  "onnx/value-elem-type": official(
    "The type of an input or output of the main graph says what its elements are.",
    "A tensor, sequence or optional without an element type is no type.",
    "set elem_type",
  ),
  "onnx/value-shape": official(
    "A tensor that enters or leaves the main graph has a shape; its dimensions may be symbols.",
    "The official checker demands a shape, be it of unknown dimensions.",
    "add a shape, with dim_param for dimensions that vary",
  ),
  "onnx/value-key-type": official(
    "A map that enters or leaves the main graph has a key type.",
    "A map without a key type is no type.",
    "set key_type",
  ),
  "onnx/value-value-type": official(
    "A map that enters or leaves the main graph has a value type.",
    "A map without a value type is no type.",
    "set value_type",
  ),
  "onnx/value-opaque-name": official(
    "An opaque type has a name.",
    "An opaque type is known by its name alone.",
    "name the opaque type",
  ),
} as const;

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
