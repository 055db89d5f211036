/** The message tables as the writer wants them. */
import { MESSAGES, type MessageName, type ScalarType } from "../graph/messages.js";

export const [VARINT, DELIMITED, FIXED32] = [0, 2, 5];

export interface WrittenField {
  readonly number: number;
  readonly name: string;
  readonly repeated: boolean;
  /** The scalar type, unless `message` is set. */
  readonly scalar: ScalarType | null;
  readonly message: MessageName | null;
}

/**
 * Fields are written by their number, but for these: a graph's nodes and weights before the rest of it, and graphs after
 * what they are of. Readers take any order; smxc's graphs have had this one from the first, and keep their bytes.
 */
const TURNS: Readonly<Record<string, number>> = {
  "ModelProto.graph": 1,
  "AttributeProto.g": 1,
  "GraphProto.node": -1,
  "GraphProto.initializer": -1,
};

const known = new Map<MessageName, readonly WrittenField[]>();

/** The fields of a message in the order of writing. */
export function writtenFields(name: MessageName): readonly WrittenField[] {
  const before = known.get(name);
  if (before !== undefined) return before;
  const turn = (field: { readonly name: string }): number => TURNS[`${name}.${field.name}`] ?? 0;
  const fields = MESSAGES[name]
    .toSorted((a, b) => turn(a) - turn(b) || a.number - b.number)
    .map((field): WrittenField => {
      const message = field.type in MESSAGES ? (field.type as MessageName) : null;
      const scalar = message === null ? (field.type as ScalarType) : null;
      return { number: field.number, name: field.name, repeated: field.repeated, scalar, message };
    });
  known.set(name, fields);
  return fields;
}
