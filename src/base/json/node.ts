/** Where something starts in a text: offset in UTF-16 units, line and column counted from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

interface NodeBase {
  /** Offset of the first UTF-16 unit, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Line and column of `start`, counted from 1. */
  readonly line: number;
  readonly column: number;
}

export interface JsonObject extends NodeBase {
  readonly kind: "object";
  /** In the order of the text; keys are unique. */
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  readonly keyNode: JsonString;
  readonly value: JsonNode;
}

export interface JsonArray extends NodeBase {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
}

export interface JsonString extends NodeBase {
  readonly kind: "string";
  readonly value: string;
}

export interface JsonNumber extends NodeBase {
  readonly kind: "number";
  /** As written, so that `1`, `1.0` and `1e0` can be told apart. */
  readonly raw: string;
  readonly value: number;
}

export interface JsonBoolean extends NodeBase {
  readonly kind: "boolean";
  readonly value: boolean;
}

export interface JsonNull extends NodeBase {
  readonly kind: "null";
  readonly value: null;
}

/** A value of a JSON text (RFC 8259) and where it stands. */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;
