import { MESSAGES, type MessageName } from "./messages.js";
import type { Message } from "./records.js";

/** The value of every repeated field that is absent: shared, because a file may hold millions of empty messages. */
export const NOTHING: readonly never[] = Object.freeze([]);

const known = new Map<MessageName, object>();

/** The record in which every field is absent, to be copied. */
export function emptyRecord<N extends MessageName>(name: N): Message<N> {
  const before = known.get(name);
  if (before !== undefined) return before as Message<N>;
  const fields = MESSAGES[name].map((field) => [field.name, field.repeated ? NOTHING : undefined]);
  const empty: object = { ...Object.fromEntries(fields), unknown: NOTHING };
  known.set(name, empty);
  return empty as Message<N>;
}
