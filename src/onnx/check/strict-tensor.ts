import { type ElementType, elementType } from "../element-types.js";
import type { ModelProto, TensorProto } from "../proto/records.js";
import type { CheckContext } from "./context.js";
import type { Place } from "./place.js";
import { strictError, strictWarning } from "./rule.js";
import { countSpecials, SPECIAL_PATTERNS, valuesOf } from "./special-values.js";
import { bytesNeeded, elementCount, entriesNeeded } from "./tensor.js";
import { walkModel } from "./walk.js";

export const STRICT_TENSOR_RULES = {
  "onnx/strict-data-long": strictError(
    "A tensor has no more data than type and dimensions ask for.",
    "Either the dimensions are wrong or something is hidden; ONNX Runtime refuses longer raw_data.",
    "correct the dimensions, or cut the data",
  ),
  "onnx/strict-not-finite": strictWarning(
    "Weights are finite numbers.",
    "A NaN spreads to everything it meets; infinities mostly come from a training that failed.",
    "look at the tensor in the training framework",
  ),
  "onnx/strict-segment": strictError(
    "A tensor is not split into segments.",
    "No runtime joins them.",
    "store the tensor whole",
  ),
} as const;

const EXTERNAL = 1;

export function checkTensorsStrictly(model: ModelProto, context: CheckContext): void {
  walkModel(model, {
    tensor: (tensor, place) => checkTensor(tensor, place, context),
    sparse: ({ values }, place) => {
      if (values !== undefined) checkTensor(values, place.member("values"), context);
    },
  });
}

function checkTensor(tensor: TensorProto, place: Place, context: CheckContext): void {
  if (tensor.segment !== undefined) context.report("onnx/strict-segment", place, "is a segment of a tensor");
  const type = elementType(tensor.data_type);
  if (type === null) return;
  if (tensor.data_location !== EXTERNAL) checkLength(tensor, type, place, context);
  const pattern = SPECIAL_PATTERNS.get(type.name);
  if (pattern === undefined) return;
  context.later(async () => {
    const found = await countSpecials(valuesOf(tensor, type, context), pattern);
    if (found.count > 0) {
      const message = `${found.count} of its values are not finite, the first at ${found.first}`;
      context.report("onnx/strict-not-finite", place, message);
    }
  });
}

function checkLength(tensor: TensorProto, type: ElementType, place: Place, context: CheckContext): void {
  const elements = elementCount(tensor.dims);
  const { raw_data } = tensor;
  if (elements === null) return;
  const typed = tensor[type.field];
  const [has, needed, what] =
    raw_data !== undefined && type.bits !== null
      ? [raw_data.length, bytesNeeded(type.bits, elements), "bytes of raw_data"]
      : [
          typed === undefined ? 0 : "count" in typed ? typed.count : typed.length,
          entriesNeeded(type, elements),
          type.field,
        ];
  if (elements > 0n && BigInt(has) > needed) {
    context.report("onnx/strict-data-long", place, `has ${has} ${what} where ${needed} are asked for`);
  }
}
