/** Attributes of a node by name. */
import type { AttributeProto, Int64, NodeProto } from "../graph/records.js";

export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

export function intOf(node: NodeProto, name: string, byDefault: number): number {
  return Number(attributeOf(node, name)?.i ?? byDefault);
}

export function floatOf(node: NodeProto, name: string): number | undefined {
  return attributeOf(node, name)?.f;
}

/** Undefined: there is no such attribute. */
export function intsOf(node: NodeProto, name: string): readonly Int64[] | undefined {
  return attributeOf(node, name)?.ints;
}

/** Null: a text too long to be held, which is no word of any attribute. */
export function textOf(node: NodeProto, name: string, byDefault: string): string | null {
  const blob = attributeOf(node, name)?.s;
  if (blob === undefined) return byDefault;
  return blob.bytes === null ? null : new TextDecoder().decode(blob.bytes);
}

/** The attributes but those of the given names. */
export function attributesBut(node: NodeProto, ...names: readonly string[]): readonly AttributeProto[] {
  return node.attribute.filter(({ name = "" }) => !names.includes(name));
}
