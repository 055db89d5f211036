import type { DecodedModel } from "../decode.js";
import { MESSAGES, type MessageName } from "../graph/messages.js";
import type { UnknownField } from "../graph/records.js";
import { Place } from "../place.js";
import type { Report } from "./context.js";

const NOTE_RULES = { "invalid-utf8": "onnx/strict-utf8", "wire-type": "onnx/strict-wire-type" } as const;
const NOTE_MESSAGES = {
  "invalid-utf8": "is not UTF-8",
  "wire-type": "has another wire type than onnx.proto says, and is ignored",
} as const;

/** What is known of a file beside its record. */
export type OfFile = Pick<DecodedModel, "message" | "notes" | "trailing">;

export function checkFileStrictly({ message, notes, trailing }: OfFile, report: Report): void {
  if (trailing !== null) {
    const at = Place.root(`byte ${trailing.offset}`);
    report("onnx/strict-trailing-bytes", at, `${trailing.length} bytes follow the end of the model`);
  }
  for (const { kind, offset, field } of notes) {
    report(NOTE_RULES[kind], Place.root(`byte ${offset}`), `${field} ${NOTE_MESSAGES[kind]}`);
  }
  for (const [what, { first, count }] of unknownFields("ModelProto", message, new Map())) {
    const others = count === 1 ? "" : `, and ${count - 1} more like it`;
    const at = Place.root(first.offset === undefined ? "model" : `byte ${first.offset}`);
    report("onnx/strict-unknown-field", at, `ONNX has no ${what}${others}`);
  }
}

interface Seen {
  readonly first: UnknownField;
  count: number;
}

/** Collects the numbers that no table has, reported once for each kind of message. */
function unknownFields(name: MessageName, record: object, seen: Map<string, Seen>): Map<string, Seen> {
  const values = record as Readonly<Record<string, unknown>>;
  for (const field of values.unknown as readonly UnknownField[]) {
    if (MESSAGES[name].some((known) => known.number === field.number)) continue;
    const what = `field ${field.number} in ${name}`;
    const before = seen.get(what);
    if (before === undefined) seen.set(what, { first: field, count: 1 });
    else before.count++;
  }
  for (const field of MESSAGES[name]) {
    const value = values[field.name];
    if (value === undefined || !(field.type in MESSAGES)) continue;
    for (const item of field.repeated ? (value as readonly object[]) : [value as object]) {
      unknownFields(field.type as MessageName, item, seen);
    }
  }
  return seen;
}
