/** Inputs and outputs of a graph, as an inference server needs them. */
import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import { inferTypes } from "../../../src/onnx/front/infer.js";
import { type ElementTypeName, elementTypeName } from "../../../src/onnx/graph/element-types.js";
import type { ModelProto, ValueInfoProto } from "../../../src/onnx/graph/records.js";
import { type Dim, isTensor, showType } from "../../../src/onnx/infer/type-info.js";
import * as errors from "./errors.js";

export interface GraphTensor {
  readonly name: string;
  /** As Triton calls it, `TYPE_FP32`. */
  readonly type: string;
  /** A number, a symbol, or null where nothing is known. */
  readonly shape: readonly Dim[];
}

export interface GraphTensors {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

const TRITON_TYPES: ReadonlyMap<string, string> = new Map<ElementTypeName, string>([
  ["BOOL", "TYPE_BOOL"],
  ["UINT8", "TYPE_UINT8"],
  ["UINT16", "TYPE_UINT16"],
  ["UINT32", "TYPE_UINT32"],
  ["UINT64", "TYPE_UINT64"],
  ["INT8", "TYPE_INT8"],
  ["INT16", "TYPE_INT16"],
  ["INT32", "TYPE_INT32"],
  ["INT64", "TYPE_INT64"],
  ["FLOAT16", "TYPE_FP16"],
  ["FLOAT", "TYPE_FP32"],
  ["DOUBLE", "TYPE_FP64"],
  ["STRING", "TYPE_STRING"],
  ["BFLOAT16", "TYPE_BF16"],
]);

/**
 * Leaves out inputs that have a default value in the graph, like ONNX Runtime does.
 *
 * @param model a valid one
 * @throws SmxcError for everything that Triton cannot express
 */
export async function graphTensors(model: ModelProto, file: string): Promise<GraphTensors> {
  const types = await inferTypes(model);
  const found: Diagnostic[] = [];
  const tensorOf = ({ name = "" }: ValueInfoProto): readonly GraphTensor[] => {
    const info = types.get(name);
    if (info === undefined || !isTensor(info)) {
      found.push(errors.noTensor(file, name, info === undefined ? "of no known type" : `a ${showType(info)}`));
      return [];
    }
    const element = elementTypeName(info.elem);
    const type = TRITON_TYPES.get(element);
    const { shape } = info;
    if (type === undefined) found.push(errors.unknownType(file, name, element));
    if (shape === null) found.push(errors.unknownRank(file, name));
    else if (shape.length === 0) found.push(errors.noDimension(file, name));
    return type === undefined || shape === null ? [] : [{ name, type, shape: shape.map(openIfNone) }];
  };
  const stored = new Set(model.graph?.initializer.map(({ name }) => name));
  const inputs = (model.graph?.input ?? []).filter(({ name }) => !stored.has(name)).flatMap(tensorOf);
  const outputs = (model.graph?.output ?? []).flatMap(tensorOf);
  if (found.length > 0) throw new SmxcError(found);
  return { inputs, outputs };
}

/** Older converters write open sizes as -1 or 0. */
function openIfNone(dim: Dim): Dim {
  return typeof dim === "number" && dim < 1 ? null : dim;
}

/** Why requests cannot be joined along the first dimension; undefined where they can. */
export function whyNotJoined({
  inputs,
  outputs,
}: GraphTensors): { readonly place: string; readonly reason: string } | undefined {
  const batch = inputs[0]?.shape[0];
  for (const { name, shape } of [...inputs, ...outputs]) {
    const [first] = shape;
    const because = (what: string) => ({ place: name, reason: `the first dimension of "${name}" is ${what}` });
    if (typeof first === "number") return because(`fixed to ${first}`);
    if (shape.length < 2) return { place: name, reason: `"${name}" has no dimension after the first` };
    if (first === null) return because("not proven to be the batch");
    if (first !== batch) return because(`"${first}", and that of "${inputs[0]!.name}" "${batch}"`);
  }
  return inputs.length === 0 ? { place: "", reason: "the graph has no input" } : undefined;
}
