/** The message tables, compiled for the reader, and records while they are being filled. */
import { emptyRecord } from "../graph/empty.js";
import { MESSAGES, type MessageName, type ScalarType } from "../graph/messages.js";
import type { UnknownField } from "../graph/records.js";
import { NUMBER_WIDTHS } from "./scan-numbers.js";
import { DELIMITED, FIXED32, VARINT } from "./wire.js";

/** A record while it is read. Its keys are the names of a table, never of a file. */
export type Draft = Record<string, unknown>;

export interface CompiledField {
  readonly number: number;
  readonly name: string;
  readonly repeated: boolean;
  readonly wireType: number;
  /** The scalar type, unless `message` is set. */
  readonly scalar: ScalarType | null;
  readonly message: CompiledMessage | null;
  /** Names of the other members of its oneof. */
  readonly rivals: readonly string[];
}

export interface CompiledMessage {
  readonly name: MessageName;
  /** By field number. */
  readonly fields: readonly (CompiledField | undefined)[];
  readonly empty: Readonly<Draft>;
}

const WIRE_TYPES: Readonly<Record<ScalarType, number>> = {
  int32: VARINT,
  int64: VARINT,
  float: FIXED32,
  string: DELIMITED,
  blob: DELIMITED,
  "attribute-type": VARINT,
  "data-location": VARINT,
  "int32-numbers": DELIMITED,
  "int64-numbers": DELIMITED,
  "float-numbers": DELIMITED,
  "double-numbers": DELIMITED,
};

const compiled = new Map<MessageName, CompiledMessage>();

/** Compiles on first use; messages refer to each other in cycles, so a message is in the map before its fields. */
export function compiledMessage(name: MessageName): CompiledMessage {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const fields: (CompiledField | undefined)[] = [];
  const message: CompiledMessage = { name, fields, empty: emptyRecord(name) };
  compiled.set(name, message);
  const table = MESSAGES[name];
  for (const field of table) {
    const rivals = table.filter((f) => "oneof" in field && "oneof" in f && f !== field).map((f) => f.name);
    const isScalar = field.type in WIRE_TYPES;
    fields[field.number] = {
      number: field.number,
      name: field.name,
      repeated: field.repeated,
      wireType: isScalar ? WIRE_TYPES[field.type as ScalarType] : DELIMITED,
      scalar: isScalar ? (field.type as ScalarType) : null,
      message: isScalar ? null : compiledMessage(field.type as MessageName),
      rivals,
    };
  }
  return message;
}

/** Whether a field of that wire type is the table's: values of numeric lists come packed or one by one. */
export function accepts(field: CompiledField, wireType: number): boolean {
  if (field.wireType === wireType) return true;
  if (field.scalar !== null && field.scalar in NUMBER_WIDTHS) return wireType === taggedWireType(field.scalar);
  return field.repeated && wireType === DELIMITED && field.scalar !== null;
}

/** Wire type of a single value of a numeric list. */
export function taggedWireType(scalar: ScalarType): number {
  const width = NUMBER_WIDTHS[scalar];
  return width === 8 ? 1 : width === 4 ? FIXED32 : VARINT;
}

/** Short lists are copied, because pushing to one reserves room for 16 more values, and files have many short lists. */
const SHORT_LIST = 8;

export function append(draft: Draft, name: string, value: unknown): void {
  const list = draft[name] as unknown[];
  if (list.length === 0) draft[name] = [value];
  else if (list.length < SHORT_LIST) draft[name] = list.concat([value]);
  else list.push(value);
}

export function appendUnknown(draft: Draft, field: UnknownField): void {
  append(draft, "unknown", field);
}

/** Adds to a list, or sets a single field and unsets the other members of its oneof. */
export function setField(draft: Draft, field: CompiledField, value: unknown): void {
  if (field.repeated) {
    append(draft, field.name, value);
    return;
  }
  for (const rival of field.rivals) draft[rival] = undefined;
  draft[field.name] = value;
}
