/**
 * Sequences, optionals and maps in files of their own, as ONNX's test data has them (onnx-data.proto). No model holds
 * them; the official checker has their rules all the same.
 */
import type { ByteSource } from "../../base/bytes/byte-source.js";
import { decodeMessage } from "../decode.js";
import type { MapProto, OptionalProto, SequenceProto } from "../graph/records.js";
import { Place } from "../place.js";
import { loadSchemas } from "../schemas/registry.js";
import type { CheckContext, Report } from "./context.js";
import type { Finding } from "./finding.js";
import { FindingList } from "./finding-list.js";
import { checkGraph } from "./graph.js";
import { checkSparseTensor } from "./sparse.js";
import { checkTensor } from "./tensor.js";

/** `SequenceProto.DataType` and `OptionalProto.DataType`. */
const HELD = { TENSOR: 1, SPARSE_TENSOR: 2, SEQUENCE: 3, MAP: 4 } as const;

/** FLOAT, BOOL, FLOAT16, COMPLEX64 and COMPLEX128. */
const NO_KEYS: ReadonlySet<number> = new Set([0, 1, 9, 10, 14, 15]);

export function checkSequence(sequence: SequenceProto, place: Place, context: CheckContext): void {
  switch (sequence.elem_type) {
    case HELD.TENSOR:
      for (const [i, t] of sequence.tensor_values.entries()) checkTensor(t, place.item("tensor_values", i), context);
      return;
    case HELD.SPARSE_TENSOR:
      for (const [i, t] of sequence.sparse_tensor_values.entries()) {
        checkSparseTensor(t, place.item("sparse_tensor_values", i), context);
      }
      return;
    case HELD.SEQUENCE:
      for (const [i, s] of sequence.sequence_values.entries())
        checkSequence(s, place.item("sequence_values", i), context);
      return;
    case HELD.MAP:
      for (const [i, m] of sequence.map_values.entries()) checkMap(m, place.item("map_values", i), context);
      return;
    default:
      context.report("onnx/sequence-elem-type", place, `has the elem_type ${sequence.elem_type ?? "UNDEFINED"}`);
  }
}

export function checkOptional(optional: OptionalProto, place: Place, context: CheckContext): void {
  const { elem_type, tensor_value, sparse_tensor_value, sequence_value, map_value } = optional;
  if (elem_type === undefined || elem_type < 0 || elem_type > HELD.MAP) {
    context.report("onnx/optional-elem-type", place, `has the elem_type ${elem_type ?? "UNDEFINED"}`);
  } else if (elem_type === HELD.TENSOR && tensor_value !== undefined) {
    checkTensor(tensor_value, place.member("tensor_value"), context);
  } else if (elem_type === HELD.SPARSE_TENSOR && sparse_tensor_value !== undefined) {
    checkSparseTensor(sparse_tensor_value, place.member("sparse_tensor_value"), context);
  } else if (elem_type === HELD.SEQUENCE && sequence_value !== undefined) {
    checkSequence(sequence_value, place.member("sequence_value"), context);
  } else if (elem_type === HELD.MAP && map_value !== undefined) {
    checkMap(map_value, place.member("map_value"), context);
  }
}

export function checkMap(map: MapProto, place: Place, context: CheckContext): void {
  const { key_type, keys, string_keys, values } = map;
  if (key_type === undefined || NO_KEYS.has(key_type)) {
    context.report("onnx/map-key-type", place, `has the key_type ${key_type ?? "UNDEFINED"}`);
  }
  if (keys.length > 0 && string_keys.length > 0) {
    context.report("onnx/map-keys", place, "has keys and string_keys");
  }
  if (values === undefined) {
    context.report("onnx/map-values", place, "has no values");
    return;
  }
  checkSequence(values, place.member("values"), context);
  const keyCount = keys.length + string_keys.length;
  const valueCount = sequenceLength(values);
  if (keyCount !== valueCount)
    context.report("onnx/map-values", place, `has ${keyCount} keys and ${valueCount} values`);
}

function sequenceLength(sequence: SequenceProto): number {
  const { elem_type, tensor_values, sparse_tensor_values, sequence_values, map_values } = sequence;
  const lists = new Map<number | undefined, readonly unknown[]>([
    [HELD.TENSOR, tensor_values],
    [HELD.SPARSE_TENSOR, sparse_tensor_values],
    [HELD.SEQUENCE, sequence_values],
    [HELD.MAP, map_values],
  ]);
  return lists.get(elem_type)?.length ?? 0;
}

/**
 * Checks a file that holds a value instead of a model.
 * @throws SmxcError where the bytes are no protobuf message, or cannot be read.
 */
export async function checkStoredValue(
  source: ByteSource,
  kind: "SequenceProto" | "OptionalProto" | "MapProto",
): Promise<readonly Finding[]> {
  const findings = new FindingList();
  const tasks: (() => Promise<void>)[] = [];
  const report: Report = (rule, place, message) => findings.add(rule, place, message);
  const schemas = await loadSchemas();
  const context: CheckContext = {
    schemas,
    irVersion: schemas.irVersion,
    opsets: new Map(),
    isMainGraph: true,
    functions: new Set(),
    folder: null,
    isStrict: false,
    report,
    checkGraph,
    reportOnce: (_, ...args) => report(...args),
    later: (task) => void tasks.push(task),
  };
  const place = Place.root("value");
  switch (kind) {
    case "SequenceProto":
      checkSequence((await decodeMessage(source, kind)).message, place, context);
      break;
    case "OptionalProto":
      checkOptional((await decodeMessage(source, kind)).message, place, context);
      break;
    case "MapProto":
      checkMap((await decodeMessage(source, kind)).message, place, context);
      break;
  }
  for (const task of tasks) await task();
  return findings.list();
}
