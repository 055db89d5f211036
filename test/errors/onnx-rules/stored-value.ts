import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { field, file, int } from "../../unit/onnx-support/wire-writer.js";
import type { RuleCase, RuleCases } from "./case.js";

const TENSORS = 1;
const INT64 = 7;

/** FLOAT[1], as TensorProto. */
const tensor = [...int(1, 1), ...int(2, 1), ...field(4, [0, 0, 0, 0])];
const sequence = [...int(2, TENSORS), ...field(3, tensor)];

function stored(kind: NonNullable<RuleCase["kind"]>, ...parts: readonly (readonly number[])[]): RuleCase {
  return { source: bytesSource("value.pb", file(...parts)), kind };
}

export const STORED_VALUE_CASES = {
  "onnx/sequence-elem-type": stored("SequenceProto", int(2, 5)),
  "onnx/optional-elem-type": stored("OptionalProto", field(3, tensor)),
  "onnx/map-key-type": stored("MapProto", int(2, 1), int(3, 4), field(5, sequence)),
  "onnx/map-keys": stored(
    "MapProto",
    int(2, INT64),
    int(3, 4),
    field(4, "k"),
    field(5, [...sequence, ...field(3, tensor)]),
  ),
  "onnx/map-values": stored("MapProto", int(2, INT64), int(3, 4), int(3, 5), field(5, sequence)),
} as const satisfies RuleCases;

/** Values that break no rule. */
export const SOUND_VALUES: readonly RuleCase[] = [
  stored("SequenceProto", sequence),
  stored("SequenceProto", int(2, 3), field(5, sequence)),
  stored("OptionalProto", int(2, 0)),
  stored("OptionalProto", int(2, TENSORS), field(3, tensor)),
  stored("OptionalProto", int(2, 3), field(5, sequence)),
  stored("MapProto", int(2, INT64), int(3, 4), field(5, sequence)),
  stored("SequenceProto", int(2, 4), field(6, [...int(2, 8), ...field(4, "k"), ...field(5, sequence)])),
];
