/** Every change of one field of a model, and what it changes. */
import { MESSAGES, type MessageName } from "../../../src/onnx/graph/messages.js";
import type { Plain } from "../../unit/onnx-support/write-record.js";

export interface Mutation {
  /** `Message.field` */
  readonly field: string;
  /** Such as `graph.node[0].attribute[3].t.dims: first removed`. */
  readonly what: string;
  readonly model: Plain;
}

type Field = (typeof MESSAGES)[MessageName][number];

const SAMPLES: Readonly<Record<string, unknown>> = {
  int32: 1,
  int64: 1,
  float: 1,
  string: "new",
  blob: [255],
  "attribute-type": 2,
  "data-location": 1,
  "int32-numbers": [1],
  "int64-numbers": [1],
  "float-numbers": [1],
  "double-numbers": [1],
};

function otherScalars(type: string, value: unknown): readonly unknown[] {
  if (typeof value === "string") return [`${value}~`];
  if (type === "attribute-type") return [(value as number) === 1 ? 2 : 1];
  if (type === "data-location") return [1 - (value as number)];
  if (typeof value === "number") return type === "float" ? [value + 1, -value] : [value + 1];
  const [first = 0, ...rest] = value as readonly number[];
  return type === "blob"
    ? [
        [first ^ 128, ...rest],
        [first, ...rest, 7],
      ]
    : [[first + 1, ...rest]];
}

/** Mutations of a message that may be anywhere in a model; `build` puts it there. */
export function* mutationsOf(
  name: MessageName,
  record: Plain,
  path = "",
  build: (changed: Plain) => Plain = (changed) => changed,
): Generator<Mutation> {
  const rest = new Set(Object.keys(record));
  for (const field of MESSAGES[name]) {
    rest.delete(field.name);
    yield* mutationsOfField(name, field, record, path === "" ? field.name : `${path}.${field.name}`, build);
  }
  if (rest.size > 0) throw new Error(`${name} has no ${[...rest].join(", ")}`);
  yield { field: `${name}.unknown`, what: `${path}: unknown field`, model: build({ ...record, unknown: [152, 6, 1] }) };
}

function* mutationsOfField(
  message: MessageName,
  field: Field,
  record: Plain,
  path: string,
  build: (changed: Plain) => Plain,
): Generator<Mutation> {
  const of = `${message}.${field.name}`;
  const isMessage = field.type in MESSAGES;
  const rivals = MESSAGES[message].filter((other) => "oneof" in field && "oneof" in other && other !== field);
  const without = Object.fromEntries(Object.entries(record).filter(([key]) => !rivals.some((r) => r.name === key)));
  const set = (value: unknown): Plain => build({ ...without, [field.name]: value });
  const value = record[field.name];
  if (value === undefined) {
    const sample = isMessage ? {} : SAMPLES[field.type];
    yield { field: of, what: `${path}: added`, model: set(field.repeated ? [sample] : sample) };
    return;
  }
  const { [field.name]: _, ...less } = record;
  const isDefault = value === 0 || value === "";
  if (!isDefault) yield { field: of, what: `${path}: removed`, model: build(less) };
  const items = field.repeated ? (value as readonly unknown[]) : [value];
  for (const [i, item] of items.entries()) {
    const at = field.repeated ? `${path}[${i}]` : path;
    const put = (other: unknown): unknown => (field.repeated ? items.with(i, other) : other);
    if (isMessage) yield* mutationsOf(field.type as MessageName, item as Plain, at, (other) => set(put(other)));
    else
      for (const other of otherScalars(field.type, item)) {
        yield { field: of, what: `${at}: ${JSON.stringify(other)}`, model: set(put(other)) };
      }
  }
  if (items.length === 0 || !field.repeated) return;
  yield { field: of, what: `${path}: last twice`, model: set([...items, items.at(-1)]) };
  if (items.length > 1) {
    yield { field: of, what: `${path}: last removed`, model: set(items.slice(0, -1)) };
    yield { field: of, what: `${path}: turned round`, model: set([...items].reverse()) };
  }
}
